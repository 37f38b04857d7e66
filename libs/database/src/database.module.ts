import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { DatabaseConfig } from '@app/config';
import { MetricsModule } from '@app/metrics';
import { DatabaseHealth } from './database-health';
import { DatabaseMetrics } from './database-metrics';
import { LockService } from './locks/lock.service';
import { openDatabase } from './open-database';
import { UnitOfWork } from './unit-of-work';
import { UpstreamMissesService } from './usage/upstream-misses.service';

/** One open, migrated data source for the process, and the ways to use it. */
@Module({})
export class DatabaseModule {
  static forRoot(config: DatabaseConfig): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      imports: [
        MetricsModule,
        TypeOrmModule.forRootAsync({
          // a database that is away at start is told at once; whoever runs the process decides about trying again
          useFactory: () => ({ retryAttempts: 1, toRetry: () => false }),
          dataSourceFactory: () => openDatabase(config),
        }),
      ],
      providers: [UnitOfWork, LockService, DatabaseHealth, DatabaseMetrics, UpstreamMissesService],
      exports: [UnitOfWork, LockService, DatabaseHealth, UpstreamMissesService],
    };
  }
}
