import { DataSource } from 'typeorm';
import type { DatabaseConfig } from '@app/config';
import { dataSourceOptions } from './data-source-options';
import { DatabaseUnreachableError } from './database-errors';
import { withLock } from './locks/lock.service';
import { assertSchemaUsable } from './migrations/newer-schema';
import { mysqlPool } from './mysql-pool';
import { endSilentConnections, SILENT_MS } from './silent-connections';
import { assertRestoreFinished } from './unfinished-restore';

/**
 * Connects to the database and brings its schema up to date. Any number of processes may do so at the same time.
 *
 * @param silentMs after which a server that says nothing is taken for one that is away
 * @throws DatabaseUnreachableError
 */
export async function openDatabase(config: DatabaseConfig, silentMs = SILENT_MS): Promise<DataSource> {
  const dataSource = new DataSource(await dataSourceOptions(config));
  try {
    await dataSource.initialize();
    await boundLockWaits(dataSource);
    await withLock(dataSource, 'migrations', async () => {
      await assertRestoreFinished(dataSource);
      await assertSchemaUsable(dataSource);
      await dataSource.runMigrations({ transaction: 'each' });
    });
    // a migration may take as long as it takes
    endSilentConnections(dataSource, silentMs);
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
  const pool = mysqlPool(dataSource);
  if (pool === null) return;
  const statement = `SET SESSION innodb_lock_wait_timeout = ${LOCK_WAIT_S}`;
  // the first connection of the pool was made before anybody could listen
  await dataSource.query(statement);
  pool.on('connection', (connection) => {
    // a connection that cannot do this can do nothing else either, and whoever uses it is told so
    connection.query(statement, () => undefined);
  });
}
