import type { DataSource, Table } from 'typeorm';

/** TypeORM's and SQLite's own tables. */
const NOT_OURS = new Set(['migrations', 'typeorm_metadata']);

/** Every table of the database as the engine describes it, by name. */
export async function shapeOf(dataSource: DataSource): Promise<ReadonlyMap<string, Table>> {
  const isSqlite = dataSource.options.type === 'better-sqlite3';
  const rows = await dataSource.query<{ name: string }[]>(
    isSqlite
      ? `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
      : 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
  );
  const runner = dataSource.createQueryRunner();
  try {
    const names = rows.map(({ name }) => name).filter((name) => !NOT_OURS.has(name));
    // without a name, all databases of a server would be described
    const tables = names.length === 0 ? [] : await runner.getTables(names);
    return new Map(tables.map((table) => [table.name.split('.').at(-1) ?? table.name, table]));
  } finally {
    await runner.release();
  }
}
