import type { QueryRunner, TableColumnOptions, TableOptions } from 'typeorm';

/**
 * A column for codes and ids. On MySQL it gets a binary ASCII collation, so that both engines compare alike (SQLite
 * always compares bytes) and index entries stay short.
 */
export function asciiColumn(
  queryRunner: QueryRunner,
  name: string,
  length: number,
  options: Partial<TableColumnOptions> = {},
): TableColumnOptions {
  const collation = isSqlite(queryRunner) ? {} : { charset: 'ascii', collation: 'ascii_bin' };
  return { name, type: 'varchar', length: String(length), ...collation, ...options };
}

/** Engine and character set of a table, whatever the server's own defaults are. */
export function tableDefaults(queryRunner: QueryRunner): Partial<TableOptions> {
  return isSqlite(queryRunner) ? {} : { engine: 'InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin' };
}

/** Whether the migration runs on SQLite. */
export function isSqlite(queryRunner: QueryRunner): boolean {
  return queryRunner.dataSource.options.type === 'better-sqlite3';
}
