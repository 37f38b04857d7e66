import { randomBytes } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import { repositoryFile } from '../repository-files';

/** A database user with a password that must not show up anywhere. */
export interface DatabaseUser {
  /** Connects as this user. */
  readonly databaseUrl: string;
  /** The password, in the forms in which it could be shown. */
  readonly secrets: readonly string[];
  drop(): Promise<void>;
}

/** What the runbook has operators grant to the user of the application. */
async function documentedRights(): Promise<string> {
  const [, rights] = /^GRANT (.+) ON onet\.\* TO /m.exec(await repositoryFile('docs/operations.md')) ?? [];
  if (rights === undefined) throw new Error('docs/operations.md does not say what the user of the database may do');
  return rights;
}

/**
 * Makes a user who may do with one database what the runbook grants, and no more, with a password of characters that have
 * to be encoded in a url.
 */
export async function createDatabaseUser(databaseUrl: string): Promise<DatabaseUser> {
  const name = `onet_test_${randomBytes(4).toString('hex')}`;
  const password = `p@ss/${randomBytes(6).toString('hex')}%?#: "w`;
  const database = decodeURIComponent(new URL(databaseUrl).pathname.slice(1));
  const rights = await documentedRights();
  const connection = await createConnection({ uri: databaseUrl });
  // an anonymous user of the local host, where there is one, would be preferred to one of any host
  const accounts = ['%', 'localhost'].map((host) => `'${name}'@'${host}'`);
  for (const account of accounts) {
    await connection.query(`CREATE USER ${account} IDENTIFIED BY ?`, [password]);
    await connection.query(`GRANT ${rights} ON \`${database}\`.* TO ${account}`);
  }
  const url = new URL(databaseUrl);
  url.username = name;
  url.password = encodeURIComponent(password);
  return {
    databaseUrl: url.href,
    secrets: [password, encodeURIComponent(password), url.password, JSON.stringify(password).slice(1, -1)],
    drop: async () => {
      await connection.query(`DROP USER ${accounts.join(', ')}`);
      await connection.end();
    },
  };
}
