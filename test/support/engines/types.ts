/** The kinds of server the application is tested against. */
export type DatabaseEngine = 'mariadb' | 'mysql';

/** Every engine, in the order in which a test run goes through them. */
export const DATABASE_ENGINES: readonly DatabaseEngine[] = ['mariadb', 'mysql'];

/** How a server of our own is to be. */
export interface ServerOptions {
  /** Whether it waits for the disk as servers do by default. Tests can do without, benchmarks cannot. */
  readonly durable?: boolean;
}

/** A running server which tests may create databases on. */
export interface DatabaseServer {
  readonly engine: DatabaseEngine;
  /** What `SELECT VERSION()` answers, for example `10.11.6-MariaDB`. */
  readonly version: string;
  /**
   * Whether `stop` and `start` work. False for a server which the tests did not start:
   * a test which takes the server away must be skipped there.
   */
  readonly controllable: boolean;
  /** The connection url of a database on this server; the database need not exist. */
  url(database: string): string;
  /** Creates an empty utf8mb4 database with a name nobody else has, and returns its url. */
  createDatabase(): Promise<string>;
  /**
   * Takes the server away and keeps its data: by SIGTERM where nothing else is said, by SIGKILL as a crash would. Does
   * nothing when it is already away.
   * @throws Error when the server is not `controllable`
   */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /**
   * Brings the server back on the same port with the same data. Does nothing when it runs.
   * @throws Error when the server is not `controllable`, was disposed of, or does not come up
   */
  start(): Promise<void>;
  /** Leaves nothing behind: neither process nor data. Can be called more than once. */
  dispose(): Promise<void>;
}

/** MariaDB names itself in its version; MySQL and its builds (Percona, Ubuntu) do not. */
export function engineOf(version: string): DatabaseEngine {
  return /mariadb/i.test(version) ? 'mariadb' : 'mysql';
}
