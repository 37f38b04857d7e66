import { BullModule, BullRegistrar } from '@nestjs/bullmq';
import { Module, type DynamicModule, type OnApplicationBootstrap } from '@nestjs/common';
import { ConfigModule, type AppConfig } from '@app/config';
import { DatabaseModule } from '@app/database';
import { IngestionModule } from '@app/ingestion';
import { LlmModule } from '@app/llm';
import { MetricsModule } from '@app/metrics';
import { JobRegistry, JobsModule, workerConnection } from '@app/jobs';
import { HealthController } from './health/health.controller';
import { WorkerHealthService } from './health/worker-health.service';
import { MetricsController } from './metrics/metrics.controller';
import { PROCESSORS } from './processors';

/** Everything the worker process is made of: the libraries of the api, without its HTTP side. */
@Module({})
export class WorkerModule implements OnApplicationBootstrap {
  constructor(
    private readonly registry: JobRegistry,
    private readonly bull: BullRegistrar,
  ) {}

  static forRoot(config: AppConfig & { readonly redisUrl: string }): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        ConfigModule.forRoot(config),
        DatabaseModule.forRoot(config.database),
        JobsModule.forRoot({ redisUrl: config.redisUrl, runsJobs: true }),
        BullModule.forRoot({ ...workerConnection(config.redisUrl), extraOptions: { manualRegistration: true } }),
        // no queue of its own: this brings what turns the processors into BullMQ's workers
        BullModule.registerQueue(),
        IngestionModule,
        LlmModule,
        MetricsModule,
      ],
      controllers: [HealthController, MetricsController],
      providers: [WorkerHealthService, ...Object.values(PROCESSORS)],
    };
  }

  /** Jobs are taken only now, when everything that they need is there. @throws Error where a queue has no processor */
  onApplicationBootstrap(): void {
    for (const queue of this.registry.queues()) {
      if (!(queue in PROCESSORS)) throw new Error(`No processor drains the queue ${queue}`);
    }
    this.bull.register();
  }
}
