import type { Pool } from 'mysql2';
import type { DataSource } from 'typeorm';

/** The connections of a data source to MySQL or MariaDB, once it is initialised; null on SQLite, which has only one. */
export function mysqlPool({ options, driver }: DataSource): Pool | null {
  return options.type === 'better-sqlite3' ? null : (driver as unknown as { readonly pool: Pool }).pool;
}
