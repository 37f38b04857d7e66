import { MysqlLock } from '../locks/mysql-lock';
import type { SqlDialect } from './sql-dialect';

/** Rows a statement: large enough to save round trips, far below any server's `max_allowed_packet`. */
const ROWS_PER_STATEMENT = 1000;

export function mysqlDialect(engine: 'mysql' | 'mariadb'): SqlDialect {
  return {
    engine,
    sharesConnection: false,
    readIsolation: 'REPEATABLE READ',

    beginWriting: () => Promise.resolve(),

    async insertRows(manager, table, columns, rows) {
      const statement = `INSERT INTO ${table} (${columns.join(', ')}) VALUES ?`;
      for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
        await manager.query(statement, [rows.slice(start, start + ROWS_PER_STATEMENT)]);
      }
    },

    createLock: (dataSource, name) => new MysqlLock(dataSource, name),
  };
}
