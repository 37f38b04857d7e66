import 'reflect-metadata';
import { BullModule, BullRegistrar, Processor } from '@nestjs/bullmq';
import {
  Inject,
  Injectable,
  Module,
  type DynamicModule,
  type INestApplicationContext,
  type OnModuleInit,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigModule, toConfig } from '@app/config';
import { DatabaseModule, type Job, UnitOfWork } from '@app/database';
import {
  declareJob,
  JobEngine,
  JobRegistry,
  JobRunner,
  JobSchedules,
  JobsModule,
  JobsService,
  JobWatcher,
  WORKER_TIMES,
  workerConnection,
  type RequestedJob,
} from '@app/jobs';
import { QueueProcessor } from '../../../apps/worker/src/processors/queue-processor';
import { handoverOf } from '../../../libs/jobs/src/job-engine';
import { JobLedger } from '../../../libs/jobs/src/job-ledger';
import { JobReconciler } from '../../../libs/jobs/src/job-reconciler';
import type { JobSchedule } from '../../../libs/jobs/src/job-schedules';
import type { JobRequest } from '../../../libs/jobs/src/jobs.service';
import { POOLED_WORK, PooledWorkHandler, WORK, WorkHandler, type WorkPayload, WorkSite } from './work';

/** When to tick, null for never, and what happens then. */
export type Ticking = Pick<JobSchedule, 'cron' | 'tick'>;

export interface JobProcessOptions {
  readonly databaseUrl: string;
  readonly redisUrl: string | null;
  /** Whether it runs jobs, or only asks for them. */
  readonly runsJobs: boolean;
  readonly site: WorkSite;
  readonly schedule?: Ticking | undefined;
}

export const SCHEDULE = 'test-schedule';

@Processor(WORK.queue, { concurrency: 1, ...WORKER_TIMES })
class WorkProcessor extends QueueProcessor {}

@Processor(POOLED_WORK.queue, { concurrency: POOLED_WORK.concurrency, ...WORKER_TIMES })
class PooledWorkProcessor extends QueueProcessor {}

@Injectable()
class TestSchedule implements OnModuleInit {
  constructor(
    @Inject(SCHEDULE) private readonly ticking: Ticking,
    private readonly schedules: JobSchedules,
  ) {}

  onModuleInit(): void {
    this.schedules.add({ name: SCHEDULE, queue: WORK.queue, ...this.ticking });
  }
}

/** What a process of the application has of jobs, with two kinds of job of the tests' own. */
@Module({})
class JobProcessModule {
  static forRoot({ databaseUrl, redisUrl, runsJobs, site, schedule }: JobProcessOptions): DynamicModule {
    const config = toConfig({ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl ?? '' });
    const hasWorker = redisUrl !== null && runsJobs;
    return {
      module: JobProcessModule,
      imports: [
        ConfigModule.forRoot(config),
        DatabaseModule.forRoot(config.database),
        JobsModule.forRoot({ redisUrl, runsJobs }),
        ...(hasWorker
          ? [
              BullModule.forRoot({ ...workerConnection(redisUrl), extraOptions: { manualRegistration: true } }),
              BullModule.registerQueue(),
            ]
          : []),
      ],
      providers: [
        { provide: WorkSite, useValue: site },
        declareJob(WORK),
        WorkHandler,
        declareJob(POOLED_WORK),
        PooledWorkHandler,
        ...(hasWorker ? [WorkProcessor, PooledWorkProcessor] : []),
        ...(schedule === undefined ? [] : [TestSchedule, { provide: SCHEDULE, useValue: schedule }]),
      ],
    };
  }
}

/** A process that asks for jobs and, where it `runsJobs`, runs them. */
export class JobProcess {
  readonly jobs: JobsService;
  readonly watcher: JobWatcher;
  readonly runner: JobRunner;
  readonly engine: JobEngine;
  readonly schedules: JobSchedules;
  readonly unitOfWork: UnitOfWork;
  readonly ledger: JobLedger;
  private closing: Promise<void> | null = null;

  private constructor(private readonly context: INestApplicationContext) {
    this.jobs = context.get(JobsService);
    this.watcher = context.get(JobWatcher);
    this.runner = context.get(JobRunner);
    this.engine = context.get(JobEngine);
    this.schedules = context.get(JobSchedules);
    this.unitOfWork = context.get(UnitOfWork);
    this.ledger = context.get(JobLedger);
  }

  static async open(options: JobProcessOptions): Promise<JobProcess> {
    const module = JobProcessModule.forRoot(options);
    const context = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
    // as the worker does it: jobs are taken only when everything is there
    if (options.redisUrl !== null && options.runsJobs) context.get(BullRegistrar).register();
    return new JobProcess(context);
  }

  /** Asks for a job; see {@link JobsService.request}. */
  ask(payload: WorkPayload, request: Partial<JobRequest> = {}, definition = WORK): Promise<RequestedJob> {
    return this.jobs.request(definition, payload, { requestedBy: 'a test', ...request });
  }

  /** Asks for a job of which only the id matters. */
  async askFor(label: string, request: Partial<JobRequest> = {}): Promise<string> {
    return (await this.ask({ label }, request)).job.id;
  }

  find(id: string): Promise<Job | null> {
    return this.ledger.find(id);
  }

  /** Brings a job to the engine as one of the kind that the tests ask for, whatever the ledger calls it. */
  handOver(job: Job): Promise<void> {
    const registered = this.context.get(JobRegistry).find(WORK.name);
    if (registered === undefined) throw new Error('The kind of job of the tests is not registered');
    return this.engine.handOver(handoverOf(job, registered.definition));
  }

  /** Looks now for jobs that the engine does not know of, rather than when it is time to. */
  reconcile(): Promise<void> {
    return this.context.get(JobReconciler).reconcile();
  }

  /**
   * From now on it is like a process that stands still, or is cut off: it tells nobody that it is alive, and does not
   * notice when its jobs are taken over.
   */
  freeze(): void {
    jest.spyOn(this.ledger, 'renew').mockResolvedValue('held');
  }

  get<T>(provider: Type<T>): T {
    return this.context.get(provider);
  }

  /** Ends it as SIGTERM does. Can be called more than once. */
  close(): Promise<void> {
    this.closing ??= this.context.close();
    return this.closing;
  }
}
