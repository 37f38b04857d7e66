import type { DataSource, EntityManager } from 'typeorm';
import type { NamedLock } from '../locks/named-lock';

/** A value that both engines store as it is. */
export type SqlValue = string | number | null;

/** What differs between the engines beyond what TypeORM already hides. */
export interface SqlDialect {
  readonly engine: 'sqlite' | 'mysql' | 'mariadb';
  /**
   * Whether all work of a process shares one connection, so that units of work must take turns.
   */
  readonly sharesConnection: boolean;

  /**
   * Rows that one unit of work should handle at most. On SQLite a unit of work holds the event loop from its first
   * statement to its commit; on a server fewer, larger ones save round trips and flushes of its log.
   */
  readonly chunkRows: number;

  /** Isolation under which a transaction reads one unchanging view; undefined where it always does. */
  readonly readIsolation: 'REPEATABLE READ' | undefined;

  /** SQL for the present time by the clock of the database, in ms since 1970: the only clock that all processes share. */
  readonly nowMs: string;

  /** SQL after a SELECT that locks its rows and passes over those that others hold; empty where nobody else can. */
  readonly lockFreeRows: string;

  /**
   * Runs a transaction such that the server ends it, and frees what it has locked, where this process is not heard of for
   * a while in the middle of it.
   */
  withIdleLimit<T>(manager: EntityManager, transaction: () => Promise<T>): Promise<T>;

  /** Makes the transaction that was just begun a writing one, waiting its turn for it. */
  beginWriting(manager: EntityManager): Promise<void>;

  /**
   * Runs `work` without the server looking up foreign keys row by row, which takes a quarter of the time of bulk inserts
   * on InnoDB. The keys stay; it is for the caller to have checked what the rows refer to, and to hold it.
   */
  withoutForeignKeyChecks<T>(manager: EntityManager, work: () => Promise<T>): Promise<T>;

  /** Inserts rows (one array of values a row, in the order of `columns`) as part of the manager's transaction. */
  insertRows(
    manager: EntityManager,
    table: string,
    columns: readonly string[],
    rows: readonly (readonly SqlValue[])[],
  ): Promise<void>;

  /** A lock that processes on every replica respect and that a dying process lets go of. */
  createLock(dataSource: DataSource, name: string): NamedLock;
}
