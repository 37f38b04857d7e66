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
    await withLock(dataSource, 'migrations', () => dataSource.runMigrations({ transaction: 'each' }));
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy().catch(() => undefined);
    throw new DatabaseUnreachableError(config, error);
  }
  return dataSource;
}
