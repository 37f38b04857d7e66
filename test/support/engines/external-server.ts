import { createUniqueDatabase, dropDatabases, queryVersion } from './queries';
import { type DatabaseEngine, type DatabaseServer, engineOf } from './types';

/**
 * Uses a server which somebody else started and keeps running. Its `dispose` drops the
 * databases which were created through it, and nothing else.
 *
 * @param url mysql://user:password@host:port; a database in it is ignored
 * @throws Error when the url is no such url, or the server does not answer
 */
export async function connectDatabaseServer(url: string): Promise<DatabaseServer> {
  // The message must not repeat the url, which may hold a password.
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'mysql:') {
    throw new Error('The url of a database server must look like mysql://user:password@host:port');
  }
  parsed.pathname = '/';
  try {
    return new ExternalServer(parsed, await queryVersion({ uri: parsed.href }));
  } catch (error) {
    throw new Error(`The database server at ${parsed.host} does not answer`, { cause: error });
  }
}

class ExternalServer implements DatabaseServer {
  readonly engine: DatabaseEngine;
  readonly controllable = false;
  private readonly created = new Set<string>();

  constructor(
    private readonly base: URL,
    readonly version: string,
  ) {
    this.engine = engineOf(version);
  }

  url(database: string): string {
    const url = new URL(this.base);
    url.pathname = `/${encodeURIComponent(database)}`;
    return url.href;
  }

  async createDatabase(): Promise<string> {
    const name = await createUniqueDatabase({ uri: this.base.href });
    this.created.add(name);
    return this.url(name);
  }

  stop(): Promise<void> {
    return Promise.reject(this.notOurs('stopped'));
  }

  start(): Promise<void> {
    return Promise.reject(this.notOurs('started'));
  }

  async dispose(): Promise<void> {
    if (this.created.size === 0) return;
    await dropDatabases({ uri: this.base.href }, this.created);
    this.created.clear();
  }

  private notOurs(verb: string): Error {
    return new Error(
      `The ${this.engine} server at ${this.base.host} cannot be ${verb}: the tests did not start ` +
        'it. Check `controllable` first.',
    );
  }
}
