import type { DataSource } from 'typeorm';
import { openDatabase } from '@app/database';
import { databaseConfig } from './database-config';

/** Opens data sources, migrated as the application does it, for a test; closed after it. */
export function useDataSources(): { open(url: string): Promise<DataSource> } {
  const opened: DataSource[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((dataSource) => dataSource.destroy()));
  });
  return {
    open: async (url) => {
      const dataSource = await openDatabase(databaseConfig(url));
      opened.push(dataSource);
      return dataSource;
    },
  };
}
