import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Job, UnitOfWork, type JobPlace, type SqlValue } from '@app/database';
import type { JobFailure } from './job-errors';
import type { JobClaim, JobProgress } from './job-handler';
import { toSqlTime } from './sql-time';

/** How long an owner that is not heard of is not doubted. */
export const LEASE_MS = 6000;

/** Who asks for a job to run it itself begins it at once; one that has not by then, by whichever clock, never will. */
const INLINE_BEGINS_WITHIN_MS = 60_000;

/** Code of a job whose only possible worker is gone. */
export const INTERRUPTED = 'INTERRUPTED';

/** What became of an attempt to begin a job. */
export type ClaimOutcome =
  | { readonly kind: 'claimed'; readonly job: Job }
  /** Somebody else is at it, at least for that long. */
  | { readonly kind: 'busy'; readonly forMs: number }
  | { readonly kind: 'over' };

/** Whether a claim still holds. */
export type RenewalOutcome = 'held' | 'cancel-requested' | 'lost';

/** A job that is to be written down. */
export interface NewJob {
  readonly id: string;
  readonly type: string;
  readonly queue: string;
  readonly place: JobPlace;
  readonly payload: object;
  readonly subject: string | null;
  readonly requestedBy: string;
  readonly requestId: string | null;
}

const NO_OWNER = 'owner = NULL, lease_until = NULL';
const NO_ERROR = 'error_code = NULL, error_detail = NULL, error_raw = NULL';

/**
 * The table `jobs`. Every change is one conditional statement: it takes effect wholly or not at all, only where the job
 * is still in the state it was thought to be in, and a process that stops in the middle leaves nothing locked.
 */
@Injectable()
export class JobLedger {
  private claims = 0;

  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * Writes a job down. With `alongside`, it and what that writes are one transaction.
   *
   * @returns the job as it was written: nobody has to read it back
   * @throws QueryFailedError of a duplicate key where an unfinished job is about the same
   */
  async insert(job: NewJob, alongside?: (manager: EntityManager) => Promise<void>): Promise<Job> {
    const createdAt = new Date();
    const payload = JSON.stringify(job.payload);
    const columns = {
      id: job.id,
      type: job.type,
      queue: job.queue,
      place: job.place,
      payload,
      state: 'queued',
      attempt: 0,
      failures: 0,
      handover: 0,
      cancel_requested: 0,
      subject: job.subject,
      active_key: job.subject,
      requested_by: job.requestedBy,
      request_id: job.requestId,
      created_at: toSqlTime(createdAt),
    };
    const names = Object.keys(columns);
    const values: SqlValue[] = Object.values(columns);
    const statement = `INSERT INTO jobs (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
    if (alongside === undefined) {
      await this.unitOfWork.execute(statement, values);
    } else {
      await this.unitOfWork.run(async (manager) => {
        await manager.query(statement, values);
        await alongside(manager);
      });
    }
    return {
      ...job,
      payload,
      createdAt,
      state: 'queued',
      activeKey: job.subject,
      attempt: 0,
      failures: 0,
      handover: 0,
      cancelRequested: false,
      owner: null,
      leaseUntil: null,
      runAfter: null,
      progressStage: null,
      progressDone: null,
      progressTotal: null,
      result: null,
      errorCode: null,
      errorDetail: null,
      errorRaw: null,
      startedAt: null,
      finishedAt: null,
    };
  }

  find(id: string): Promise<Job | null> {
    return this.unitOfWork.query((manager) => manager.findOneBy(Job, { id }));
  }

  findUnfinished(subject: string): Promise<Job | null> {
    return this.unitOfWork.query((manager) => manager.findOneBy(Job, { activeKey: subject }));
  }

  findAll(ids: readonly string[]): Promise<Job[]> {
    return this.unitOfWork.query((manager) =>
      manager
        .createQueryBuilder(Job, 'job')
        .where('job.id IN (:...ids)', { ids: [...ids] })
        .getMany(),
    );
  }

  /** Begins a job, unless somebody is at it or it is over. */
  async claim(id: string, process: string): Promise<ClaimOutcome> {
    // of its own for each claim: a process that slept over its lease must not take a later claim of its own for this one
    const owner = `${process}#${++this.claims}`;
    const now = this.unitOfWork.nowMs;
    const changed = await this.unitOfWork.execute(
      `UPDATE jobs SET state = 'active', owner = ?, lease_until = ${now} + ?, attempt = attempt + 1, run_after = NULL,
              started_at = COALESCE(started_at, ?), progress_stage = NULL, progress_done = NULL, progress_total = NULL
        WHERE id = ? AND (state = 'queued' OR (state = 'active' AND lease_until < ${now}))`,
      [owner, LEASE_MS, toSqlTime(new Date()), id],
    );
    const job = await this.find(id);
    if (changed === 1 && job?.owner === owner) return { kind: 'claimed', job };
    if (job?.state !== 'active' && job?.state !== 'queued') return { kind: 'over' };
    return { kind: 'busy', forMs: LEASE_MS };
  }

  /** Tells the others that the job is being worked on, and how far it is. */
  async renew({ jobId, attempt }: JobClaim, progress: JobProgress | null): Promise<RenewalOutcome> {
    const changed = await this.unitOfWork.execute(
      `UPDATE jobs SET lease_until = ${this.unitOfWork.nowMs} + ?,
              progress_stage = COALESCE(?, progress_stage), progress_done = COALESCE(?, progress_done), progress_total = ?
        WHERE id = ? AND attempt = ? AND state = 'active'`,
      [LEASE_MS, progress?.stage ?? null, progress?.done ?? null, progress?.total ?? null, jobId, attempt],
    );
    if (changed === 0) return 'lost';
    const job = await this.find(jobId);
    if (job?.attempt !== attempt) return 'lost';
    return job.cancelRequested ? 'cancel-requested' : 'held';
  }

  /** @returns whether the claim still held; else nothing was changed, as with everything below */
  complete(claim: JobClaim, result: object, progress: JobProgress | null): Promise<boolean> {
    const last = 'progress_stage = ?, progress_done = ?, progress_total = ?';
    return this.end(claim, `state = 'completed', result = ?, ${NO_ERROR}, ${last}`, [
      JSON.stringify(result),
      progress?.stage ?? null,
      progress?.done ?? null,
      progress?.total ?? null,
    ]);
  }

  fail(claim: JobClaim, { code, detail, raw }: JobFailure): Promise<boolean> {
    const error = "state = 'failed', failures = failures + 1, error_code = ?, error_detail = ?, error_raw = ?";
    return this.end(claim, error, [code, detail, raw]);
  }

  endCancelled(claim: JobClaim): Promise<boolean> {
    return this.end(claim, "state = 'cancelled'", []);
  }

  /** Puts a job back, to be begun again after a pause. Only what the work itself did wrong counts as a failure. */
  async putBack({ jobId, attempt }: JobClaim, pauseMs: number, failure: JobFailure | null): Promise<boolean> {
    const changed = await this.unitOfWork.execute(
      `UPDATE jobs SET state = 'queued', ${NO_OWNER}, run_after = ${this.unitOfWork.nowMs} + ?, failures = failures + ?,
              error_code = ?, error_detail = ?, error_raw = ?
        WHERE id = ? AND attempt = ? AND state = 'active'`,
      [
        pauseMs,
        failure === null ? 0 : 1,
        failure?.code ?? null,
        failure?.detail ?? null,
        failure?.raw ?? null,
        jobId,
        attempt,
      ],
    );
    return changed === 1;
  }

  /** Cancels a job that nobody has begun. */
  async cancelQueued(id: string): Promise<boolean> {
    const changed = await this.unitOfWork.execute(
      "UPDATE jobs SET state = 'cancelled', active_key = NULL, finished_at = ? WHERE id = ? AND state = 'queued'",
      [toSqlTime(new Date()), id],
    );
    return changed === 1;
  }

  /** Asks whoever works on the job to stop. */
  async requestCancel(id: string): Promise<boolean> {
    const changed = await this.unitOfWork.execute(
      "UPDATE jobs SET cancel_requested = 1 WHERE id = ? AND state = 'active'",
      [id],
    );
    return changed === 1;
  }

  /**
   * Queues a job once more that has failed or was cancelled.
   *
   * @throws QueryFailedError of a duplicate key where an unfinished job is about the same by now
   */
  async requeue(id: string): Promise<boolean> {
    const changed = await this.unitOfWork.execute(
      `UPDATE jobs SET state = 'queued', place = 'queue', active_key = subject, cancel_requested = 0, failures = 0,
              handover = handover + 1, run_after = NULL, result = NULL, started_at = NULL, finished_at = NULL,
              ${NO_ERROR}, progress_stage = NULL, progress_done = NULL, progress_total = NULL
        WHERE id = ? AND state IN ('failed', 'cancelled')`,
      [id],
    );
    return changed === 1;
  }

  /** Unfinished jobs that nobody is known to work on, and that need not wait, oldest first, behind one of them. */
  findAbandoned(limit: number, behind: Pick<Job, 'id' | 'createdAt'> | null): Promise<Job[]> {
    const now = this.unitOfWork.nowMs;
    return this.unitOfWork.query((manager) =>
      manager
        .createQueryBuilder(Job, 'job')
        .where("job.place = 'queue'")
        .andWhere(
          `((job.state = 'queued' AND (job.runAfter IS NULL OR job.runAfter <= ${now}))
            OR (job.state = 'active' AND job.leaseUntil < ${now}))`,
        )
        .andWhere('(job.createdAt > :time OR (job.createdAt = :time AND job.id > :id))', {
          time: toSqlTime(behind?.createdAt ?? new Date(0)),
          id: behind?.id ?? '',
        })
        .orderBy('job.createdAt')
        .addOrderBy('job.id')
        .limit(limit)
        .getMany(),
    );
  }

  /** Gives an abandoned job a new name in the engine, since the engine is done with the present one. */
  async renameHandover({ id, handover }: Job): Promise<boolean> {
    const changed = await this.unitOfWork.execute(
      "UPDATE jobs SET handover = handover + 1 WHERE id = ? AND handover = ? AND state IN ('queued', 'active')",
      [id, handover],
    );
    return changed === 1;
  }

  /** Ends jobs whose only possible worker, the process that asked for them, is gone. */
  endOrphans(): Promise<number> {
    const now = this.unitOfWork.nowMs;
    return this.unitOfWork.execute(
      `UPDATE jobs SET state = 'failed', active_key = NULL, ${NO_OWNER}, finished_at = ?, error_code = '${INTERRUPTED}',
              error_detail = 'The process that ran it ended before it was done.'
        WHERE place = 'inline' AND ((state = 'active' AND lease_until < ${now}) OR (state = 'queued' AND created_at < ?))`,
      [toSqlTime(new Date()), toSqlTime(new Date(Date.now() - INLINE_BEGINS_WITHIN_MS))],
    );
  }

  /** Forgets jobs that ended before a time; those that an ingestion is recorded with stay as long as it does. */
  purge(endedBefore: Date): Promise<number> {
    return this.unitOfWork.execute(
      `DELETE FROM jobs WHERE state IN ('completed', 'failed', 'cancelled') AND finished_at < ?
          AND NOT EXISTS (SELECT 1 FROM ingestions WHERE ingestions.id = jobs.id)`,
      [toSqlTime(endedBefore)],
    );
  }

  private async end({ jobId, attempt }: JobClaim, change: string, values: readonly SqlValue[]): Promise<boolean> {
    const changed = await this.unitOfWork.execute(
      `UPDATE jobs SET ${change}, active_key = NULL, ${NO_OWNER}, finished_at = ?
        WHERE id = ? AND attempt = ? AND state = 'active'`,
      [...values, toSqlTime(new Date()), jobId, attempt],
    );
    return changed === 1;
  }
}
