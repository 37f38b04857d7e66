import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Mutex } from 'async-mutex';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { isDeadlock } from './database-errors';
import { dialectOf } from './dialects/dialect-of';
import type { SqlDialect, SqlValue } from './dialects/sql-dialect';

/** Transactions take milliseconds. */
const DEADLOCK_PAUSE_MS = 20;
const DEADLOCK_TRIES = 5;

/**
 * The only way to the database for anything that writes, decides on what it reads, or reads more than one row set that
 * must fit together.
 *
 * On SQLite every query of a process shares one connection: a query issued while another transaction is open would join
 * that transaction and be lost with it. Therefore units of work take turns there. Nothing inside one may wait for the
 * network or a file.
 */
@Injectable()
export class UnitOfWork {
  private readonly dialect: SqlDialect;
  private readonly mutex = new Mutex();
  private readonly inside = new AsyncLocalStorage<true>();
  private open = 0;

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {
    this.dialect = dialectOf(dataSource);
  }

  /** Rows that one unit of work should handle at most; whoever has more splits them. */
  get chunkRows(): number {
    return this.dialect.chunkRows;
  }

  /** SQL for the present time by the clock of the database, in ms since 1970. */
  get nowMs(): string {
    return this.dialect.nowMs;
  }

  /** The present time by the clock of the database, in ms since 1970. */
  async now(manager: EntityManager): Promise<number> {
    const [row] = await manager.query<{ present: number | string }[]>(`SELECT ${this.nowMs} AS present`);
    return Number(row?.present);
  }

  /** SQL after a SELECT that locks its rows and passes over those that others hold; empty where nobody else can. */
  get lockFreeRows(): string {
    return this.dialect.lockFreeRows;
  }

  /**
   * Runs one statement that is a transaction by itself: a process that is stopped at any point leaves nothing locked. One
   * that the server ends because of a deadlock is run again.
   *
   * @returns the number of rows that it changed
   */
  async execute(statement: string, parameters: readonly SqlValue[] = []): Promise<number> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.inTurn(async (runner) => {
          const result = (await runner.query(statement, [...parameters], true)) as { affected?: number };
          return result.affected ?? 0;
        });
      } catch (error) {
        if (!isDeadlock(error) || tries === DEADLOCK_TRIES) throw error;
        // those that met would meet again
        await delay(Math.random() * DEADLOCK_PAUSE_MS * tries);
      }
    }
  }

  /** Runs one query, outside of any transaction: for reading what is committed, when one row set is all that is asked. */
  query<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.inTurn((runner) => work(runner.manager));
  }

  /**
   * Runs `work` in one transaction: committed when it returns, rolled back when it throws. A server rolls it back as well
   * where this process is silent for some seconds in its middle, so that a frozen one keeps nothing locked.
   */
  run<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.inTurn((runner) =>
      this.dialect.withIdleLimit(runner.manager, async () => {
        await runner.startTransaction();
        return this.finish(runner, async () => {
          await this.dialect.beginWriting(runner.manager);
          return work(runner.manager);
        });
      }),
    );
  }

  /** Runs `work` on one unchanging view of the database; it must not write. */
  read<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.inTurn(async (runner) => {
      await runner.startTransaction(this.dialect.readIsolation);
      return this.finish(runner, () => work(runner.manager));
    });
  }

  /**
   * As {@link run}, for bulk inserts of rows whose references the caller has checked by itself and holds locked: on MySQL
   * the server does not look them up once more.
   */
  runBulk<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.run((manager) => this.dialect.withoutForeignKeyChecks(manager, () => work(manager)));
  }

  /** Inserts rows as part of a unit of work, several times faster than through entities. */
  insertRows(
    manager: EntityManager,
    table: string,
    columns: readonly string[],
    rows: readonly (readonly SqlValue[])[],
  ): Promise<void> {
    return this.dialect.insertRows(manager, table, columns, rows);
  }

  private async inTurn<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    if (this.inside.getStore()) throw new Error('A unit of work must not be opened inside another');
    this.open++;
    try {
      return await this.inside.run(true, () =>
        this.dialect.sharesConnection ? this.alone(work) : this.withRunner(work),
      );
    } finally {
      this.open--;
      // before Node 24 an enabled storage slows down every promise of the process, requests included
      if (this.open === 0) this.inside.disable();
    }
  }

  private alone<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    return this.mutex.runExclusive(async () => {
      // SQLite answers without ever waiting: without this turn, units of work in a row would hold the event loop as one
      await nextTurn();
      return this.withRunner(work);
    });
  }

  private async withRunner<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      return await work(runner);
    } finally {
      await runner.release();
    }
  }

  private async finish<T>(runner: QueryRunner, work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      await runner.commitTransaction();
      return result;
    } catch (error) {
      // the first error is the one to tell; a rollback that fails as well means the connection is gone anyway
      await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    }
  }
}
