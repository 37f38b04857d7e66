import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AppError } from '@app/common';
import {
  isDeadlock,
  isDuplicateKey,
  Job,
  needingDatabase,
  UnitOfWork,
  type JobPlace,
  type JobState,
} from '@app/database';
import type { JobDefinition } from './job-definition';
import { handoverOf, JobEngine } from './job-engine';
import { INTERRUPTED, JobLedger } from './job-ledger';
import { JobRegistry } from './job-registry';
import { JobRunner } from './job-runner';

export interface JobRequest {
  /** Who asks, for admins to see. */
  readonly requestedBy: string;
  /** Id of the request to the api that this goes back to; by default none. */
  readonly requestId?: string | null;
  /** What the job is about: a second request about the same gets the job of the first while that is unfinished. */
  readonly subject?: string | null;
  /** `inline` for a job that the asking process runs itself with {@link JobRunner.runInline}. */
  readonly place?: JobPlace;
  /** UUID; a request with an id that is there already gets that job. By default a new one. */
  readonly id?: string;
  /** Writes what belongs to the job, in the same transaction. */
  readonly alongside?: (manager: EntityManager, jobId: string) => Promise<void>;
}

/** The job of a request, and whether the request made it. */
export interface RequestedJob {
  readonly job: Job;
  readonly created: boolean;
}

export interface JobFilter {
  readonly state?: JobState | undefined;
  readonly type?: string | undefined;
}

export interface JobPage {
  readonly items: readonly Job[];
  readonly total: number;
}

const LIFE_POLL_MS = 250;

const AWAY = 'Jobs are kept in the database, which is away.';

/** Two requests about the same can miss each other once, while the job between them ends. */
const TRIES = 5;

/** Asks for jobs, and looks after them. */
@Injectable()
export class JobsService {
  private readonly logger = new Logger(JobsService.name);

  constructor(
    private readonly ledger: JobLedger,
    private readonly registry: JobRegistry,
    private readonly engine: JobEngine,
    private readonly runner: JobRunner,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Writes a job down and hands it to the engine, without waiting for that: with the engine away, the job is begun once
   * the engine is back.
   *
   * @throws AppError `DATABASE_UNAVAILABLE`
   */
  request<Payload extends object, Result extends object>(
    definition: JobDefinition<Payload, Result>,
    payload: Payload,
    request: JobRequest,
  ): Promise<RequestedJob> {
    return needingDatabase(AWAY, () => this.writeDown(definition, payload, request));
  }

  private async writeDown(
    definition: Pick<JobDefinition, 'name' | 'queue'>,
    payload: object,
    { requestedBy, requestId = null, subject = null, place = 'queue', id = randomUUID(), alongside }: JobRequest,
  ): Promise<RequestedJob> {
    for (let tries = 1; ; tries++) {
      try {
        const job = await this.ledger.insert(
          { id, type: definition.name, queue: definition.queue, place, payload, subject, requestedBy, requestId },
          alongside === undefined ? undefined : (manager) => alongside(manager, id),
        );
        if (place === 'queue') {
          this.handOver(job);
          const about = { request_id: requestId, job_id: id, job_type: job.type };
          this.logger.log(`${job.type} ${id} is asked for`, about);
        }
        return { job, created: true };
      } catch (error) {
        if (tries === TRIES) throw error;
        // nothing of it was written
        if (isDeadlock(error)) continue;
        if (!isDuplicateKey(error)) throw error;
        // a job whose process is gone stands in nobody's way
        await this.ledger.endOrphans();
        const job =
          (await this.ledger.find(id)) ?? (subject === null ? null : await this.ledger.findUnfinished(subject));
        if (job === null) continue;
        const mayBeDead = place === 'inline' && job.place === 'inline' && job.state === 'active';
        if (!mayBeDead || (await this.showsLife(job))) return { job, created: false };
      }
    }
  }

  /**
   * Tells whether somebody works on a job that only one process could be working on. A live one shows that every second;
   * of a dead one it is known once its lease runs out.
   */
  private async showsLife({ id, leaseUntil }: Job): Promise<boolean> {
    for (;;) {
      await delay(LIFE_POLL_MS);
      await this.ledger.endOrphans();
      const job = await this.ledger.find(id);
      if (job === null) return false;
      // it ended meanwhile: by itself, or since nobody was there any more to do that
      if (job.state !== 'active') return job.errorCode !== INTERRUPTED;
      if (job.leaseUntil !== leaseUntil) return true;
    }
  }

  /** @throws AppError `NOT_FOUND`, `DATABASE_UNAVAILABLE` */
  async get(id: string): Promise<Job> {
    const job = await needingDatabase(AWAY, () => this.ledger.find(id));
    if (job === null) throw new AppError('NOT_FOUND', `There is no job ${id}. Jobs are forgotten after 30 days.`);
    return job;
  }

  /** The unfinished job about a subject; null where there is none. @throws AppError `DATABASE_UNAVAILABLE` */
  findUnfinished(subject: string): Promise<Job | null> {
    return needingDatabase(AWAY, () => this.ledger.findUnfinished(subject));
  }

  /** Jobs, newest first. @throws AppError `DATABASE_UNAVAILABLE` */
  list({ state, type }: JobFilter, page: number, pageSize: number): Promise<JobPage> {
    return needingDatabase(AWAY, () =>
      this.unitOfWork.read(async (manager) => {
        const [items, total] = await manager.findAndCount(Job, {
          where: { ...(state === undefined ? {} : { state }), ...(type === undefined ? {} : { type }) },
          order: { createdAt: 'DESC', id: 'DESC' },
          skip: (page - 1) * pageSize,
          take: pageSize,
        });
        return { items, total };
      }),
    );
  }

  /**
   * Cancels a job: at once where nobody has begun it, else at the next step of its work.
   *
   * @throws AppError `NOT_FOUND`, `CONFLICT` where it is over, `DATABASE_UNAVAILABLE`
   */
  cancel(id: string): Promise<Job> {
    return needingDatabase(AWAY, async () => {
      const before = await this.get(id);
      if (await this.ledger.cancelQueued(id)) {
        const definition = this.registry.find(before.type)?.definition;
        if (definition !== undefined) this.unheard(this.engine.forget(handoverOf(before, definition)));
      } else if (await this.ledger.requestCancel(id)) {
        this.runner.cancel(id);
      } else {
        throw new AppError('CONFLICT', `The job ${id} is ${(await this.get(id)).state} and cannot be cancelled.`);
      }
      return this.get(id);
    });
  }

  /**
   * Queues a job once more that has failed or was cancelled.
   *
   * @throws AppError `NOT_FOUND`, `CONFLICT` where it neither failed nor was cancelled, or where another job about the
   *   same is unfinished; `DATABASE_UNAVAILABLE`
   */
  retry(id: string): Promise<Job> {
    return needingDatabase(AWAY, async () => {
      const before = await this.get(id);
      try {
        if (!(await this.ledger.requeue(id))) {
          throw new AppError(
            'CONFLICT',
            `The job ${id} is ${before.state}: only failed and cancelled jobs can be retried.`,
          );
        }
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        const other = before.subject === null ? null : await this.ledger.findUnfinished(before.subject);
        throw new AppError('CONFLICT', `Another job about the same is unfinished: ${other?.id ?? 'just done'}.`, [], {
          cause: error,
          ...(other === null ? {} : { jobId: other.id }),
        });
      }
      const job = await this.get(id);
      this.handOver(job);
      return job;
    });
  }

  private handOver(job: Job): void {
    const definition = this.registry.find(job.type)?.definition;
    if (definition !== undefined) this.unheard(this.engine.handOver(handoverOf(job, definition)));
  }

  /** The ledger has it: what the engine does not hear now it is told later. */
  private unheard(telling: Promise<void>): void {
    telling.catch((error: unknown) => {
      this.logger.debug(`The engine is away: ${error instanceof Error ? error.message : String(error)}`);
    });
  }
}
