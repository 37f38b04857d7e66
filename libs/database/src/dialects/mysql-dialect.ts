import { setImmediate as nextTurn } from 'node:timers/promises';
import { escape, raw } from 'mysql2';
import { MysqlLock } from '../locks/mysql-lock';
import type { SqlDialect, SqlValue } from './sql-dialect';

/** Rows a statement: large enough to save round trips, far below any server's `max_allowed_packet`. */
const ROWS_PER_STATEMENT = 1000;

/** How long a process may be silent in the middle of a transaction that writes. */
const IDLE_LIMIT_S = 6;

export function mysqlDialect(engine: 'mysql' | 'mariadb'): SqlDialect {
  return {
    engine,
    sharesConnection: false,
    chunkRows: 4000,
    readIsolation: 'REPEATABLE READ',
    // by way of UTC: local time repeats an hour when summer ends, and with it all leases would
    nowMs: "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000)",
    lockFreeRows: 'FOR UPDATE SKIP LOCKED',

    async withIdleLimit(manager, transaction) {
      // MySQL has no limit for transactions alone, as MariaDB has; this one it keeps inside of them as well
      await manager.query(`SET SESSION wait_timeout = ${IDLE_LIMIT_S}`);
      try {
        return await transaction();
      } finally {
        // in the pool it may be idle for longer; where the connection is broken, it does not go back there
        await manager.query('SET SESSION wait_timeout = DEFAULT').catch(() => undefined);
      }
    },

    beginWriting: () => Promise.resolve(),

    async withoutForeignKeyChecks(manager, work) {
      await manager.query('SET SESSION foreign_key_checks = 0');
      try {
        return await work();
      } finally {
        // the connection goes back to the pool; where it is broken, it does not
        await manager.query('SET SESSION foreign_key_checks = 1').catch(() => undefined);
      }
    },

    async insertRows(manager, table, columns, rows) {
      const statement = `INSERT INTO ${table} (${columns.join(', ')}) VALUES ?`;
      // The next statement is written out while the server executes this one, but never sent before its answer: where
      // an error has ended the transaction, a statement on its way would be committed by itself.
      let running: Promise<unknown> = Promise.resolve();
      for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
        // as a value, so that the driver does not search it for places of values
        const values = raw(literals(rows.slice(start, start + ROWS_PER_STATEMENT)));
        await running;
        running = manager.query(statement, [values]);
        running.catch(() => undefined); // awaited below; until then nobody would be listening
        await nextTurn(); // lets the statement out before the next one is written
      }
      await running;
    },

    createLock: (dataSource, name) => new MysqlLock(dataSource, name),
  };
}

/** Rows as SQL text: `(1,'a'),(2,'b')`. */
function literals(rows: readonly (readonly SqlValue[])[]): string {
  return rows.map((row) => `(${row.map((value) => escape(value)).join(',')})`).join(',');
}
