import type { DataSource } from 'typeorm';
import { mysqlDialect } from './mysql-dialect';
import type { SqlDialect } from './sql-dialect';
import { sqliteDialect } from './sqlite-dialect';

/** The dialect of an open data source. */
export function dialectOf(dataSource: DataSource): SqlDialect {
  const { type } = dataSource.options;
  switch (type) {
    case 'better-sqlite3':
      return sqliteDialect;
    case 'mysql':
    case 'mariadb':
      return mysqlDialect(type);
    default:
      throw new Error(`No dialect for a data source of type ${type}`);
  }
}
