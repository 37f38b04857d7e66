import { hostname } from 'node:os';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { inLogContext, type LogFields } from '@app/common';
import { isDatabaseUnavailable, type Job } from '@app/database';
import { Metrics, type JobOutcome } from '@app/metrics';
import {
  failureOf,
  isPermanent,
  JobCancelledError,
  JobHandedBackError,
  JobLostError,
  JobWornOutError,
} from './job-errors';
import type { JobDefinition } from './job-definition';
import type { JobClaim, JobProgress } from './job-handler';
import { JobLedger } from './job-ledger';
import { JobRegistry, type RegisteredJob } from './job-registry';
import { LOST, OVER, type AttemptOutcome, type Recorded, type RunOutcome } from './run-outcome';

/** How often an owner tells that it is alive, and how far it is. */
const HEARTBEAT_MS = 1000;
/** Pause before a job is tried again that could not be begun or ended since the database was away. */
const DATABASE_PAUSE_MS = 1000;
/** How long the end of a job is tried to be recorded while the database is away. Longer, and it is run again. */
const RECORD_WITHIN_MS = 60_000;
/** A job whose processes died that often is thought to be what kills them. */
const MAX_ATTEMPTS = 100;
/** Of the 8 s in which a process should end: for the running jobs to be done, and then to stop where they are. */
const FINISH_MS = 4000;
const STOP_MS = 2500;

/** A job from when it is begun until its end is recorded. */
interface RunningJob {
  readonly jobId: string;
  readonly abort: AbortController;
  readonly ended: Promise<unknown>;
}

export interface InlineControl {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: JobProgress) => void;
}

/** Runs jobs: one attempt at a time, each under a claim that is kept alive while it runs. */
@Injectable()
export class JobRunner implements BeforeApplicationShutdown {
  private readonly logger = new Logger(JobRunner.name);
  private readonly process = `${hostname().slice(0, 60)}:${process.pid}:${randomUUID().slice(0, 8)}`;
  private readonly running = new Set<RunningJob>();
  private draining = false;

  constructor(
    private readonly ledger: JobLedger,
    private readonly registry: JobRegistry,
    private readonly metrics: Metrics,
  ) {}

  /** Whether nothing is being run. */
  get idle(): boolean {
    return this.running.size === 0;
  }

  /** Runs a job that an engine delivered. Never throws. */
  async run(jobId: string): Promise<RunOutcome> {
    if (this.draining) return { kind: 'later', pauseMs: 0 };
    const abort = new AbortController();
    return this.track(jobId, abort, () => inLogContext({ job_id: jobId }, () => this.begin(jobId, abort)));
  }

  private async begin(jobId: string, abort: AbortController): Promise<RunOutcome> {
    let claimed: Job;
    try {
      const outcome = await this.ledger.claim(jobId, this.process);
      if (outcome.kind === 'over') return OVER;
      if (outcome.kind === 'busy') return { kind: 'later', pauseMs: outcome.forMs };
      claimed = outcome.job;
    } catch (error) {
      return this.unrecorded(`The job ${jobId} could not be begun`, error);
    }
    return inLogContext(fieldsOf(claimed), () => this.runClaimed(claimed, abort));
  }

  private async runClaimed(claimed: Job, abort: AbortController): Promise<RunOutcome> {
    const claim: JobClaim = { jobId: claimed.id, attempt: claimed.attempt };
    const begunAt = performance.now();
    const registered = this.registry.find(claimed.type);
    try {
      if (registered === undefined) {
        const error = new Error(`There is no job with the name ${claimed.type}`);
        await this.ledger.fail(claim, { ...failureOf(error), code: 'UNKNOWN_JOB' });
        return { kind: 'failed', error };
      }
      if (claimed.attempt > MAX_ATTEMPTS) {
        const error = new JobWornOutError(MAX_ATTEMPTS);
        this.logger.error(`${claimed.type} ${claimed.id} failed: ${error.message}`);
        if (await this.ledger.fail(claim, failureOf(error))) this.metrics.jobEnded(claimed.type, 'failed', 0);
        return { kind: 'failed', error };
      }
      const outcome = await this.attempt(claimed, registered, abort);
      const seconds = (performance.now() - begunAt) / 1000;
      const { ended, then } = await this.record(claimed, registered, outcome);
      this.metrics.jobEnded(claimed.type, ended, seconds);
      return then;
    } catch (error) {
      return this.unrecorded(`The end of the job ${claimed.id} could not be recorded`, error);
    }
  }

  /**
   * Runs a job that this process has asked for itself and nobody else is to run, and only once.
   *
   * @throws whatever the work throws; the signal's reason once that is aborted
   */
  async runInline<Payload extends object, Result extends object>(
    { name }: JobDefinition<Payload, Result>,
    jobId: string,
    { signal, onProgress }: InlineControl,
  ): Promise<Result> {
    const outcome = await this.ledger.claim(jobId, this.process);
    if (outcome.kind !== 'claimed') throw new JobLostError();
    const { job } = outcome;
    const registered = this.registry.find(job.type);
    if (registered === undefined || job.type !== name) throw new Error(`The job ${jobId} is no ${name}`);
    const abort = new AbortController();
    const begunAt = performance.now();
    const forward = (): void => {
      abort.abort(signal.reason);
    };
    signal.addEventListener('abort', forward);
    if (signal.aborted) forward();
    try {
      const ended = await this.track(jobId, abort, () =>
        inLogContext(fieldsOf(job), async () => {
          const outcome = await this.attempt(job, registered, abort, onProgress);
          const seconds = (performance.now() - begunAt) / 1000;
          this.metrics.jobEnded(job.type, await this.recordInline(job, outcome, signal), seconds);
          return outcome;
        }),
      );
      if ('error' in ended) throw ended.error;
      return ended.result as Result;
    } finally {
      signal.removeEventListener('abort', forward);
    }
  }

  /** Stops a job that runs in this very process at once, rather than at its next heartbeat. */
  cancel(jobId: string): void {
    for (const job of this.running) if (job.jobId === jobId) job.abort.abort(new JobCancelledError());
  }

  /** Begins nothing any more; what runs gets a moment to be done, and is then stopped and put back. */
  async beforeApplicationShutdown(): Promise<void> {
    this.draining = true;
    const all = (): Promise<unknown> => Promise.allSettled([...this.running].map(({ ended }) => ended));
    await within(FINISH_MS, all());
    for (const { abort } of this.running) abort.abort(new JobHandedBackError());
    await within(STOP_MS, all());
  }

  /** Makes sure that the process, when it is told to end, waits for a job to be recorded, and not only for its work. */
  private async track<T>(jobId: string, abort: AbortController, work: () => Promise<T>): Promise<T> {
    const ended = work();
    const job = { jobId, abort, ended };
    this.running.add(job);
    try {
      return await ended;
    } finally {
      this.running.delete(job);
    }
  }

  /** One attempt under a claim, with its heartbeat. Never throws. */
  private async attempt(
    job: Job,
    { handler }: RegisteredJob,
    abort: AbortController,
    onProgress?: (progress: JobProgress) => void,
  ): Promise<AttemptOutcome> {
    const claim: JobClaim = { jobId: job.id, attempt: job.attempt };
    let latest: JobProgress | null = null;
    this.logger.debug(`Attempt ${job.attempt} of ${job.type} ${job.id} begins`);
    if (job.cancelRequested) abort.abort(new JobCancelledError());
    const heartbeat = setInterval(() => void this.beat(claim, latest, abort), HEARTBEAT_MS);
    try {
      abort.signal.throwIfAborted();
      const result = await handler.run({
        ...claim,
        payload: JSON.parse(job.payload) as object,
        requestId: job.requestId,
        recordedResult: job.result === null ? null : (JSON.parse(job.result) as object),
        signal: abort.signal,
        progress: (progress) => {
          latest = progress;
          onProgress?.(progress);
        },
      });
      return { result, progress: latest };
    } catch (error) {
      // what ended the work is the abort, whatever the work made of it
      const aborted = abort.signal.aborted && !isDatabaseUnavailable(error);
      return { error: aborted ? (abort.signal.reason as unknown) : error };
    } finally {
      clearInterval(heartbeat);
    }
  }

  private async beat(claim: JobClaim, progress: JobProgress | null, abort: AbortController): Promise<void> {
    try {
      const outcome = await this.ledger.renew(claim, progress);
      if (outcome === 'lost') abort.abort(new JobLostError());
      if (outcome === 'cancel-requested') abort.abort(new JobCancelledError());
    } catch {
      // With the database away nobody else can begin the job either; once it is back, either this claim is renewed or it
      // is seen to be lost. What the work itself makes of the database being away is its own affair.
    }
  }

  private async record(job: Job, { definition }: RegisteredJob, ended: AttemptOutcome): Promise<Recorded> {
    const claim: JobClaim = { jobId: job.id, attempt: job.attempt };
    if ('result' in ended) {
      const { result, progress } = ended;
      if (!(await this.persist(() => this.ledger.complete(claim, result, progress)))) return LOST;
      this.logger.log(`${job.type} ${job.id} is done`);
      return { ended: 'completed', then: OVER };
    }
    const { error } = ended;
    if (error instanceof JobLostError) return LOST;
    if (error instanceof JobCancelledError) {
      await this.persist(() => this.ledger.endCancelled(claim));
      return { ended: 'cancelled', then: OVER };
    }
    if (error instanceof JobHandedBackError) {
      await this.persist(() => this.ledger.putBack(claim, 0, null));
      return { ended: 'handed_back', then: { kind: 'later', pauseMs: 0 } };
    }
    const failure = failureOf(error);
    const which = `Attempt ${job.attempt} of ${job.type} ${job.id}`;
    if (isDatabaseUnavailable(error) && job.attempt < MAX_ATTEMPTS) {
      this.logger.warn(`${which}: the database went away; the job is run again`);
      await this.persist(() => this.ledger.putBack(claim, DATABASE_PAUSE_MS, null));
      return { ended: 'database_away', then: { kind: 'later', pauseMs: DATABASE_PAUSE_MS } };
    }
    const failures = job.failures + 1;
    if (isPermanent(error) || failures >= definition.attempts || job.attempt >= MAX_ATTEMPTS) {
      this.logger.error(`${which} failed: ${failure.raw}`);
      const failed = await this.persist(() => this.ledger.fail(claim, failure));
      return failed ? { ended: 'failed', then: { kind: 'failed', error } } : LOST;
    }
    const pauseMs = definition.pauseAfter(failures);
    this.logger.warn(`${which} failed, the next one follows in ${pauseMs} ms: ${failure.raw}`);
    const putBack = await this.persist(() => this.ledger.putBack(claim, pauseMs, failure));
    return putBack ? { ended: 'repeated', then: { kind: 'repeat', pauseMs, error } } : LOST;
  }

  private async recordInline(job: Job, ended: AttemptOutcome, signal: AbortSignal): Promise<JobOutcome> {
    const claim: JobClaim = { jobId: job.id, attempt: job.attempt };
    try {
      if ('result' in ended) {
        return (await this.ledger.complete(claim, ended.result, ended.progress)) ? 'completed' : 'lost';
      }
      if (ended.error instanceof JobLostError) return 'lost';
      if (signal.aborted || isStopped(ended.error)) {
        return (await this.ledger.endCancelled(claim)) ? 'cancelled' : 'lost';
      }
      return (await this.ledger.fail(claim, failureOf(ended.error))) ? 'failed' : 'lost';
    } catch (error) {
      // whoever looks next sees that the claim ran out; what the work came to is what the caller wants to know
      this.logger.warn(`The end of the job ${job.id} could not be recorded: ${message(error)}`);
      return 'database_away';
    }
  }

  /** Tries for a while to write down how a job ended. While the database is away nobody else can begin it. */
  private async persist(write: () => Promise<boolean>): Promise<boolean> {
    const deadline = Date.now() + RECORD_WITHIN_MS;
    for (;;) {
      try {
        return await write();
      } catch (error) {
        if (!isDatabaseUnavailable(error) || this.draining || Date.now() > deadline) throw error;
        await delay(DATABASE_PAUSE_MS);
      }
    }
  }

  private unrecorded(what: string, error: unknown): RunOutcome {
    this.logger.warn(`${what}: ${message(error)}`);
    return { kind: 'later', pauseMs: DATABASE_PAUSE_MS };
  }
}

/** What the log says of whatever comes of an attempt. */
function fieldsOf({ id, type, attempt, requestId }: Job): LogFields {
  return { job_id: id, job_type: type, attempt, request_id: requestId };
}

/** Whether the work was told to stop, rather than failed. */
function isStopped(error: unknown): boolean {
  return error instanceof JobCancelledError || error instanceof JobHandedBackError;
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const stop = new AbortController();
  await Promise.race([work, delay(ms, undefined, { signal: stop.signal }).catch(() => undefined)]);
  stop.abort();
}
