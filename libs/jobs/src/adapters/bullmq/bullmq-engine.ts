import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Queue } from 'bullmq';
import { JobEngine, type EngineKnowledge, type Handover } from '../../job-engine';
import type { JobRegistry } from '../../job-registry';
import type { JobSchedules } from '../../job-schedules';
import { producerOptions } from './redis-options';

/** BullMQ itself recovers what its workers drop; this is for what Redis has lost. */
const RECONCILE_EVERY_MS = 10_000;
const ANSWERS_WITHIN_MS = 2000;

/** What a job in Redis says: which row of the ledger is meant. */
export interface JobReference {
  readonly job_id: string;
}

/** What a tick of a schedule says. */
export interface TickReference {
  readonly schedule: string;
}

/** Brings jobs to the workers through BullMQ. Redis holds references only. */
export class BullmqEngine extends JobEngine implements OnApplicationShutdown {
  readonly reconcileEveryMs = RECONCILE_EVERY_MS;
  private readonly logger = new Logger('Redis');
  private readonly byName = new Map<string, Queue>();
  private away = false;

  constructor(
    private readonly redisUrl: string,
    readonly runsJobs: boolean,
    private readonly registry: JobRegistry,
    private readonly schedules: JobSchedules,
  ) {
    super();
  }

  async handOver({ jobId, name, definition }: Handover): Promise<void> {
    const reference: JobReference = { job_id: jobId };
    await this.ask(
      this.queue(definition.queue).add(definition.name, reference, {
        jobId: name,
        attempts: definition.attempts,
        backoff: { type: 'exponential', delay: definition.backoffMs },
        removeOnComplete: { count: 100 },
        removeOnFail: { count: 1000 },
      }),
    );
  }

  async knows({ name, definition }: Handover): Promise<EngineKnowledge> {
    const state = await this.ask(this.queue(definition.queue).getJobState(name));
    if (state === 'unknown') return 'unknown';
    return state === 'completed' || state === 'failed' ? 'over' : 'pending';
  }

  async forget({ name, definition }: Handover): Promise<void> {
    await this.ask(this.queue(definition.queue).remove(name));
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  async keepSchedules(): Promise<void> {
    for (const { name, queue, cron } of this.schedules.all()) {
      const kept = await this.ask(this.queue(queue).getJobScheduler(name));
      if ((kept?.pattern ?? null) === cron) continue;
      if (cron === null) {
        await this.ask(this.queue(queue).removeJobScheduler(name));
        continue;
      }
      const reference: TickReference = { schedule: name };
      await this.ask(
        this.queue(queue).upsertJobScheduler(
          name,
          { pattern: cron, tz: 'UTC' },
          { name: `${name}-tick`, data: reference, opts: { removeOnComplete: true, removeOnFail: { count: 100 } } },
        ),
      );
    }
  }

  queues(): readonly Queue[] {
    return this.registry.queues().map((name) => this.queue(name));
  }

  async state(): Promise<'up' | 'down'> {
    const [name] = this.registry.queues();
    if (name === undefined) return 'up';
    try {
      await this.ask(this.queue(name).isPaused());
      return 'up';
    } catch {
      return 'down';
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.allSettled([...this.byName.values()].map((queue) => this.ask(queue.close())));
  }

  private queue(name: string): Queue {
    let queue = this.byName.get(name);
    if (queue === undefined) {
      queue = new Queue(name, producerOptions(this.redisUrl));
      queue.on('error', (error) => {
        this.sayAway(error);
      });
      this.byName.set(name, queue);
    }
    return queue;
  }

  /** What Redis answers, or an error where it does not in time. */
  private async ask<T>(answer: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`Redis did not answer in ${ANSWERS_WITHIN_MS} ms`));
      }, ANSWERS_WITHIN_MS);
    });
    try {
      const answered = await Promise.race([answer, tooLate]);
      if (this.away) this.logger.log('Redis answers again');
      this.away = false;
      return answered;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Once, not at every attempt to connect. */
  private sayAway(error: Error): void {
    if (!this.away) this.logger.warn(`Redis is away; jobs wait in the ledger until it is back: ${reason(error)}`);
    this.away = true;
  }
}

/** Errors of several addresses at once have no message of their own. */
function reason(error: Error): string {
  if (error.message !== '') return error.message;
  return 'code' in error ? String(error.code) : error.name;
}
