import type { EntityManager } from 'typeorm';
import { Job } from '@app/database';
import { JobCancelledError, JobLostError } from './job-errors';
import type { JobClaim } from './job-handler';

/**
 * Makes sure, as part of a transaction, that a claim still holds. For steps that are undone later where it does not hold
 * any more; locks nothing, so that nobody who wants to take the job over has to wait for this transaction.
 *
 * @throws JobLostError
 */
export async function checkClaim(manager: EntityManager, { jobId, attempt }: JobClaim): Promise<void> {
  const held = await manager.existsBy(Job, { id: jobId, attempt, state: 'active' });
  if (!held) throw new JobLostError();
}

/**
 * As {@link checkClaim}, for the step that shows to others: until the transaction ends, nobody can take the job over or
 * cancel it.
 *
 * @throws JobLostError, JobCancelledError
 */
export async function holdClaim(manager: EntityManager, { jobId, attempt }: JobClaim): Promise<void> {
  // writes what is there already: on every engine this takes the row's lock
  const held = await manager.update(Job, { id: jobId, attempt, state: 'active' }, { attempt });
  if (held.affected !== 1) throw new JobLostError();
  if (await manager.existsBy(Job, { id: jobId, cancelRequested: true })) throw new JobCancelledError();
}

/**
 * Records, in the transaction that brings about the effect of a job, what it came to: where the process dies right
 * afterwards, the next attempt finds it and need not bring about the effect again.
 */
export async function recordResult(
  manager: EntityManager,
  { jobId, attempt }: JobClaim,
  result: object,
): Promise<void> {
  await manager.update(Job, { id: jobId, attempt }, { result: JSON.stringify(result) });
}
