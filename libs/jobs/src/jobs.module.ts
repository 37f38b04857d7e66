import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { MetricsModule } from '@app/metrics';
import { EmbeddedEngine } from './adapters/embedded/embedded-engine';
import { LedgerOnlyEngine } from './adapters/embedded/ledger-only-engine';
import { JobDelivery } from './job-delivery';
import { JobEngine } from './job-engine';
import { JobLedger } from './job-ledger';
import { JobMetrics } from './job-metrics';
import { JobReconciler } from './job-reconciler';
import { JobRegistry } from './job-registry';
import { JobRunner } from './job-runner';
import { JobSchedules } from './job-schedules';
import { JobWatcher } from './job-watcher';
import { JobsService } from './jobs.service';

export interface JobsModuleOptions {
  /** Null where there is none: then the jobs are run by those processes that `runsJobs` names. */
  readonly redisUrl: string | null;
  /** Whether this process runs jobs that others asked for. */
  readonly runsJobs: boolean;
}

/** The ledger of jobs, and the engine that brings them to those that run them. */
@Module({})
export class JobsModule {
  static forRoot(options: JobsModuleOptions): DynamicModule {
    const services = [JobsService, JobRunner, JobWatcher, JobSchedules, JobRegistry, JobLedger];
    const engine = [...engineProviders(options), ...(options.runsJobs ? [JobReconciler] : [])];
    return {
      module: JobsModule,
      global: true,
      imports: [DiscoveryModule, MetricsModule],
      providers: [...services, JobMetrics, ...engine],
      exports: [...services, JobEngine, ...(options.redisUrl !== null && options.runsJobs ? [JobDelivery] : [])],
    };
  }
}

function engineProviders({ redisUrl, runsJobs }: JobsModuleOptions): Provider[] {
  if (redisUrl === null) return [{ provide: JobEngine, useClass: runsJobs ? EmbeddedEngine : LedgerOnlyEngine }];
  return [
    {
      provide: JobEngine,
      inject: [JobRegistry, JobSchedules],
      // loaded only where there is a Redis: a process without one starts faster and smaller
      useFactory: async (registry: JobRegistry, schedules: JobSchedules): Promise<JobEngine> => {
        const { BullmqEngine } = await import('./adapters/bullmq/index.js');
        return new BullmqEngine(redisUrl, runsJobs, registry, schedules);
      },
    },
    {
      provide: JobDelivery,
      inject: [JobRunner, JobSchedules],
      useFactory: async (runner: JobRunner, schedules: JobSchedules): Promise<JobDelivery> => {
        const { BullmqDelivery } = await import('./adapters/bullmq/index.js');
        return new BullmqDelivery(runner, schedules);
      },
    },
  ];
}
