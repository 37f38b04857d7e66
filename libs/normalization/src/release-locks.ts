import type { EntityManager } from 'typeorm';
import { AppError } from '@app/common';
import { ACTIVE_RELEASE_ID, ActiveRelease, Release } from '@app/database';

/** Reads the one row of `active_release`; nobody else can change it until this transaction ends. */
export async function lockActiveRelease(manager: EntityManager): Promise<ActiveRelease> {
  return manager.findOneOrFail(ActiveRelease, {
    where: { id: ACTIVE_RELEASE_ID },
    ...rowLock(manager, 'pessimistic_write'),
  });
}

/**
 * Makes sure that a release is still being loaded, and stays so until this transaction ends: whoever wants to give it up
 * waits, so that no row arrives after that.
 *
 * @throws AppError `CONFLICT` where it was given up
 */
export async function holdLoadingRelease(manager: EntityManager, releaseId: number): Promise<void> {
  const release = await manager.findOne(Release, {
    where: { id: releaseId, status: 'loading' },
    ...rowLock(manager, 'pessimistic_read'),
  });
  if (release === null) {
    throw new AppError('CONFLICT', 'This ingestion was given up by another process in the meantime.');
  }
}

/** A unit of work on SQLite is the only writer from its first statement on, and SQLite knows no row locks. */
function rowLock(
  manager: EntityManager,
  mode: 'pessimistic_read' | 'pessimistic_write',
): { lock?: { mode: 'pessimistic_read' | 'pessimistic_write' } } {
  return manager.dataSource.options.type === 'better-sqlite3' ? {} : { lock: { mode } };
}
