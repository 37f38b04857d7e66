import type { Pool } from 'mysql2';
import { DataSource } from 'typeorm';
import type { DatabaseConfig } from '@app/config';
import { dataSourceOptions } from './data-source-options';
import { DatabaseUnreachableError } from './database-errors';
import { withLock } from './locks/lock.service';

/**
 * Connects to the database and brings its schema up to date. Any number of processes may do so at the same time.
 *
 * @throws DatabaseUnreachableError
 */
export async function openDatabase(config: DatabaseConfig): Promise<DataSource> {
  const dataSource = new DataSource(await dataSourceOptions(config));
  try {
    await dataSource.initialize();
    await boundLockWaits(dataSource);
    await withLock(dataSource, 'migrations', () => dataSource.runMigrations({ transaction: 'each' }));
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy().catch(() => undefined);
    throw new DatabaseUnreachableError(config, error);
  }
  return dataSource;
}

/** Every transaction is short: who holds a lock for longer was stopped in the middle of one. */
const LOCK_WAIT_S = 5;

/**
 * Bounds how long a statement on MySQL waits for a lock, which is 50 s otherwise. A process that is frozen while its
 * transaction is open keeps its locks, and nobody should hang because of it.
 */
async function boundLockWaits(dataSource: DataSource): Promise<void> {
  if (dataSource.options.type === 'better-sqlite3') return;
  const statement = `SET SESSION innodb_lock_wait_timeout = ${LOCK_WAIT_S}`;
  const { pool } = dataSource.driver as unknown as { pool: Pool };
  // the first connection of the pool was made before anybody could listen
  await dataSource.query(statement);
  pool.on('connection', (connection) => {
    // a connection that cannot do this can do nothing else either, and whoever uses it is told so
    connection.query(statement, () => undefined);
  });
}
