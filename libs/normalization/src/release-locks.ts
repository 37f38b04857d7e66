import type { EntityManager } from 'typeorm';
import { ACTIVE_RELEASE_ID, ActiveRelease, Release } from '@app/database';
import { checkClaim, JobLostError, type JobClaim } from '@app/jobs';

/** A release that an attempt of a job loads; the job's id is the ingestion's as well. */
export interface LoadingRelease extends JobClaim {
  readonly releaseId: number;
}

/** Reads the one row of `active_release`; nobody else can change it until this transaction ends. */
export async function lockActiveRelease(manager: EntityManager): Promise<ActiveRelease> {
  return manager.findOneOrFail(ActiveRelease, {
    where: { id: ACTIVE_RELEASE_ID },
    ...rowLock(manager, 'pessimistic_write'),
  });
}

/**
 * Makes sure that a release is still being loaded by the attempt that began it, and stays so until this transaction
 * ends: whoever wants to give it up passes it over, so that no row arrives after that.
 *
 * @throws JobLostError where it was given up, or its job was taken over
 */
export async function holdLoadingRelease(manager: EntityManager, loading: LoadingRelease): Promise<void> {
  const release = await manager.findOne(Release, {
    where: { id: loading.releaseId, status: 'loading' },
    ...rowLock(manager, 'pessimistic_read'),
  });
  if (release === null) throw new JobLostError();
  await checkClaim(manager, loading);
}

/** A unit of work on SQLite is the only writer from its first statement on, and SQLite knows no row locks. */
function rowLock(
  manager: EntityManager,
  mode: 'pessimistic_read' | 'pessimistic_write',
): { lock?: { mode: 'pessimistic_read' | 'pessimistic_write' } } {
  return manager.dataSource.options.type === 'better-sqlite3' ? {} : { lock: { mode } };
}
