import type { DataSource } from 'typeorm';
import { OperatorError } from '@app/common';

/** A table that is there while a server's database is being filled from a backup: MySQL cannot do that in one step. */
export const UNFINISHED_RESTORE = 'unfinished_restore';

/** @throws OperatorError where a restore of the database broke off */
export async function assertRestoreFinished(dataSource: DataSource): Promise<void> {
  if (!(await isRestoreUnfinished(dataSource))) return;
  throw new OperatorError('a restore of it broke off. Restore it again: npm run restore -- <file> --replace');
}

/** Whether the database holds a part of a backup only. */
export async function isRestoreUnfinished(dataSource: DataSource): Promise<boolean> {
  if (dataSource.options.type === 'better-sqlite3') return false;
  const runner = dataSource.createQueryRunner();
  try {
    return await runner.hasTable(UNFINISHED_RESTORE);
  } finally {
    await runner.release();
  }
}
