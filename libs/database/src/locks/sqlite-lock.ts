import Database from 'better-sqlite3';
import type { NamedLock } from './named-lock';

/**
 * An exclusive transaction on a file of its own beside the database: the operating system drops it when the process
 * dies, however it dies.
 */
export class SqliteLock implements NamedLock {
  private connection: Database.Database | null = null;

  constructor(private readonly path: string) {}

  // eslint-disable-next-line @typescript-eslint/require-await -- the interface is asynchronous for the other engine
  async tryAcquire(): Promise<boolean> {
    const connection = new Database(this.path, { timeout: 0 });
    try {
      connection.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      connection.close();
      if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return false;
      throw error;
    }
    this.connection = connection;
    return true;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the interface is asynchronous for the other engine
  async release(): Promise<void> {
    this.connection?.close();
    this.connection = null;
  }
}
