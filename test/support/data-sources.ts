import type { DataSource } from 'typeorm';
import { openDatabase } from '@app/database';
import { databaseConfig } from './database-config';

/** Opens data sources, migrated as the application does it, for a test; closed after it. */
export function useDataSources(): {
  /** @param silentMs after which a server that says nothing is taken for one that is away, where the default is too long */
  open(url: string, silentMs?: number): Promise<DataSource>;
} {
  const opened: DataSource[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((dataSource) => dataSource.destroy()));
  });
  return {
    open: async (url, silentMs) => {
      const dataSource = await openDatabase(databaseConfig(url), silentMs);
      opened.push(dataSource);
      return dataSource;
    },
  };
}
