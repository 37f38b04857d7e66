import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { DatabaseConfig } from '@app/config';
import { DatabaseHealth } from './database-health';
import { LockService } from './locks/lock.service';
import { openDatabase } from './open-database';
import { UnitOfWork } from './unit-of-work';

/** One open, migrated data source for the process, and the ways to use it. */
@Module({})
export class DatabaseModule {
  static forRoot(config: DatabaseConfig): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      imports: [
        TypeOrmModule.forRootAsync({
          // a database that is away at start is told at once; whoever runs the process decides about trying again
          useFactory: () => ({ retryAttempts: 1, toRetry: () => false }),
          dataSourceFactory: () => openDatabase(config),
        }),
      ],
      providers: [UnitOfWork, LockService, DatabaseHealth],
      exports: [UnitOfWork, LockService, DatabaseHealth],
    };
  }
}
