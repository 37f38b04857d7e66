import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigModule, type AppConfig } from '@app/config';
import { DatabaseHealth, DatabaseModule } from '@app/database';
import { IngestionModule } from '@app/ingestion';
import { JobsModule } from '@app/jobs';
import { NormalizationModule } from '@app/normalization';
import { OccupationsModule } from '@app/occupations';
import { AdminIngestionsController } from './admin/admin-ingestions.controller';
import { AdminJobsController } from './admin/admin-jobs.controller';
import { AdminKeys } from './admin/admin-keys';
import { AdminReleasesController } from './admin/admin-releases.controller';
import { HealthController } from './health/health.controller';
import { ReadinessService } from './health/readiness.service';
import { HomeController } from './home.controller';
import { JobsController } from './jobs/jobs.controller';
import { OccupationsController } from './occupations/occupations.controller';
import { MissingOccupations } from './pulls/missing-occupations';
import { ReferenceDataController } from './reference-data/reference-data.controller';
import { ReleasesController } from './releases/releases.controller';
import { SkillGapController } from './skill-gap/skill-gap.controller';

/** Everything the api process is made of. */
@Module({})
export class ApiModule {
  static forRoot(config: AppConfig): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        ConfigModule.forRoot(config),
        DatabaseModule.forRoot(config.database),
        // without a Redis there are no workers: then the jobs are run here
        JobsModule.forRoot({ redisUrl: config.redisUrl, runsJobs: config.redisUrl === null }),
        IngestionModule,
        NormalizationModule,
        OccupationsModule,
      ],
      controllers: [
        HomeController,
        HealthController,
        SkillGapController,
        OccupationsController,
        ReferenceDataController,
        ReleasesController,
        JobsController,
        AdminIngestionsController,
        AdminReleasesController,
        AdminJobsController,
      ],
      providers: [
        ReadinessService,
        MissingOccupations,
        // after the database, whose folder the key is kept in
        { provide: AdminKeys, inject: [DatabaseHealth], useFactory: () => AdminKeys.load(config) },
      ],
    };
  }
}
