import { connectDatabaseServer, type DatabaseServer, temporarySqlite } from './engines';
import { engineName, type TestServer, testServers } from './test-servers';

/** An engine that tests run on. */
export interface TestDatabase {
  readonly engine: 'sqlite' | 'mariadb' | 'mysql';
  /** The url of a new, empty database, which goes when the tests of the describe block are done. */
  create(): Promise<string>;
}

/** Set where the tests run once more on another server: SQLite has had its turn by then. */
const ONLY_SERVERS = process.env['TEST_ONLY_SERVERS'] === '1';

/** Runs the same tests on SQLite and on every server that was found. */
export function describeOnEveryDatabase(name: string, define: (database: TestDatabase) => void): void {
  if (!ONLY_SERVERS) describeOnSqlite(name, define);
  for (const server of testServers()) describeOnServer(name, server, define);
}

function describeOnSqlite(name: string, define: (database: TestDatabase) => void): void {
  describe(`${name} (SQLite)`, () => {
    const created: { dispose(): Promise<void> }[] = [];
    define({
      engine: 'sqlite',
      create: () => {
        const database = temporarySqlite();
        created.push(database);
        return Promise.resolve(database.url);
      },
    });
    // hooks run in the order they are written: the tests' own ones, which close the databases, come first
    afterAll(() => Promise.all(created.map((database) => database.dispose())));
  });
}

/** Runs the same tests on every server that was found; skipped where there is none. */
export function describeOnEveryServer(
  name: string,
  define: (database: TestDatabase, server: TestServer) => void,
): void {
  for (const server of testServers()) describeOnServer(name, server, define);
  if (testServers().length === 0) {
    describe.skip(`${name} (no MariaDB or MySQL server was found)`, () => {
      test('is tested where there is a server', () => undefined);
    });
  }
}

function describeOnServer(
  name: string,
  server: TestServer,
  define: (database: TestDatabase, server: TestServer) => void,
): void {
  describe(`${name} (${engineName(server.engine)} ${server.version})`, () => {
    let connected: Promise<DatabaseServer> | null = null;
    const create = async (): Promise<string> => {
      connected ??= connectDatabaseServer(server.url);
      return (await connected).createDatabase();
    };
    define({ engine: server.engine, create }, server);
    afterAll(async () => (await connected)?.dispose());
  });
}
