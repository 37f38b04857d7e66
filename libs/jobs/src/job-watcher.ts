import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { isDatabaseUnavailable, type Job } from '@app/database';
import { JobLedger } from './job-ledger';

const POLL_MS = 100;
/** Where nobody waits for an answer. */
const FOLLOW_MS = 500;

/** A state in which a job stays. */
export function isOver({ state }: Pick<Job, 'state'>): boolean {
  return state === 'completed' || state === 'failed' || state === 'cancelled';
}

/** Follows jobs, whichever process runs them. However many are followed, the ledger is asked once at a time. */
@Injectable()
export class JobWatcher implements OnModuleDestroy {
  private readonly watched = new Map<string, Set<(job: Job | null) => void>>();
  private timer: NodeJS.Timeout | null = null;
  private readonly logger = new Logger(JobWatcher.name);
  private asking = false;
  private askedAt = 0;
  /** How many wait for an answer. */
  private waiting = 0;
  private closed = false;

  constructor(private readonly ledger: JobLedger) {}

  /** Every change of a job from what is given on, until it is over, the signal is aborted or the process ends. */
  async *follow(job: Job, signal: AbortSignal): AsyncGenerator<Job, void, undefined> {
    let last = job;
    yield last;
    while (!isOver(last) && !signal.aborted && !this.closed) {
      const next = await this.next(last.id, signal);
      if (next === null) return;
      if (JSON.stringify(visible(next)) === JSON.stringify(visible(last))) continue;
      last = next;
      yield last;
    }
  }

  /**
   * Waits until a condition holds for a job, or the job is over; looks ten times a second, since somebody waits for it.
   *
   * @returns the job as it is then; null where it was forgotten, or where the process or the signal ends the waiting
   */
  async until(job: Job, holds: (job: Job) => boolean, signal: AbortSignal): Promise<Job | null> {
    let last: Job | null = job;
    this.waiting++;
    try {
      while (last !== null && !isOver(last) && !holds(last)) {
        if (signal.aborted || this.closed) return null;
        last = await this.next(job.id, signal);
      }
      return last;
    } finally {
      this.waiting--;
    }
  }

  /** What is followed ends with the process. */
  onModuleDestroy(): void {
    this.closed = true;
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    for (const listeners of this.watched.values()) for (const listener of listeners) listener(null);
  }

  /** The job as the next look at the ledger finds it; null where there is none any more. */
  private next(id: string, signal: AbortSignal): Promise<Job | null> {
    return new Promise((resolve) => {
      const listeners = this.watched.get(id) ?? new Set();
      this.watched.set(id, listeners);
      const done = (job: Job | null): void => {
        listeners.delete(done);
        if (listeners.size === 0) this.watched.delete(id);
        signal.removeEventListener('abort', stop);
        resolve(job);
      };
      const stop = (): void => {
        done(null);
      };
      listeners.add(done);
      signal.addEventListener('abort', stop);
      // keeps the process alive: on SQLite nothing else does where somebody only looks on
      this.timer ??= setInterval(() => void this.ask(), POLL_MS);
    });
  }

  private async ask(): Promise<void> {
    if (this.asking || (this.waiting === 0 && Date.now() - this.askedAt < FOLLOW_MS)) return;
    if (this.watched.size === 0) {
      if (this.timer !== null) clearInterval(this.timer);
      this.timer = null;
      return;
    }
    this.asking = true;
    this.askedAt = Date.now();
    try {
      const ids = [...this.watched.keys()];
      const jobs = new Map((await this.ledger.findAll(ids)).map((job) => [job.id, job]));
      for (const id of ids) for (const listener of [...(this.watched.get(id) ?? [])]) listener(jobs.get(id) ?? null);
    } catch (error) {
      // they go on waiting: the database will be back
      if (!isDatabaseUnavailable(error)) this.logger.warn(`Cannot follow jobs: ${String(error)}`);
    } finally {
      this.asking = false;
    }
  }
}

/** What followers are told of; a lease that is renewed is no news. */
function visible(job: Job): unknown[] {
  return [job.state, job.attempt, job.progressStage, job.progressDone, job.progressTotal, job.errorDetail];
}
