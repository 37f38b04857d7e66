import type Database from 'better-sqlite3';
import type { EntityManager } from 'typeorm';
import { SqliteLock } from '../locks/sqlite-lock';
import type { SqlDialect } from './sql-dialect';

export const sqliteDialect: SqlDialect = {
  engine: 'sqlite',
  sharesConnection: true,
  chunkRows: 2000,
  readIsolation: undefined,
  nowMs: "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
  lockFreeRows: '',

  // there is no server to end it, and a transaction waits for nothing: only a process frozen in its middle is idle there
  withIdleLimit: (_manager, transaction) => transaction(),

  async beginWriting(manager) {
    // TypeORM's BEGIN is a deferred one: it would become a writer at its first write, and fail there at once if another
    // process had written since its first read. A write that changes nothing takes the turn right here.
    await manager.query('UPDATE active_release SET revision = revision WHERE 0');
  },

  // its checks cost next to nothing, and cannot be switched inside a transaction
  withoutForeignKeyChecks: (_manager, work) => work(),

  async insertRows(manager, table, columns, rows) {
    const connection = await nativeConnection(manager);
    const places = columns.map(() => '?').join(', ');
    const insert = connection.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`);
    for (const row of rows) insert.run(row);
  },

  createLock(dataSource, name) {
    return new SqliteLock(`${String(dataSource.options.database)}-${name}.lock`);
  },
};

async function nativeConnection(manager: EntityManager): Promise<Database.Database> {
  if (manager.queryRunner === undefined) throw new Error('insertRows needs the manager of a unit of work');
  return (await manager.queryRunner.connect()) as Database.Database;
}
