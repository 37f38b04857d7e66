import { createHash } from 'node:crypto';
import type { DataSource, QueryRunner } from 'typeorm';
import type { NamedLock } from './named-lock';

/** A named lock of the server (`GET_LOCK`) on a connection of its own: it goes when that connection goes. */
export class MysqlLock implements NamedLock {
  private readonly name: string;
  private runner: QueryRunner | null = null;

  constructor(
    private readonly dataSource: DataSource,
    name: string,
  ) {
    // names are shared by the whole server and end at 64 characters
    const database = createHash('sha256').update(String(dataSource.options.database)).digest('hex').slice(0, 16);
    this.name = `onet-skill-gap:${database}:${name}`;
  }

  async tryAcquire(): Promise<boolean> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const rows = (await runner.query('SELECT GET_LOCK(?, 0) AS acquired', [this.name])) as { acquired: unknown }[];
      if (Number(rows[0]?.acquired) === 1) {
        this.runner = runner;
        return true;
      }
    } catch (error) {
      await runner.release();
      throw error;
    }
    await runner.release();
    return false;
  }

  async release(): Promise<void> {
    const runner = this.runner;
    this.runner = null;
    if (runner === null) return;
    try {
      await runner.query('SELECT RELEASE_LOCK(?)', [this.name]);
    } catch {
      // with the connection gone the lock is gone, too; what the work under it came to is what matters
    } finally {
      await runner.release();
    }
  }
}
