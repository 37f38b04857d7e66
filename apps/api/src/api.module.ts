import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigModule, type AppConfig } from '@app/config';
import { DatabaseHealth, DatabaseModule } from '@app/database';
import { IngestionModule } from '@app/ingestion';
import { JobsModule } from '@app/jobs';
import { LlmModule } from '@app/llm';
import { MetricsModule } from '@app/metrics';
import { NormalizationModule } from '@app/normalization';
import { OccupationsModule } from '@app/occupations';
import { AdminAssessmentsController } from './admin/admin-assessments.controller';
import { AdminIngestionsController } from './admin/admin-ingestions.controller';
import { AdminJobsController } from './admin/admin-jobs.controller';
import { AdminKeys } from './admin/admin-keys';
import { AdminReleasesController } from './admin/admin-releases.controller';
import { ClientAccess } from './clients/client-access';
import { HealthController } from './health/health.controller';
import { ReadinessService } from './health/readiness.service';
import { HomeController } from './home.controller';
import { EventStreams } from './jobs/event-streams';
import { JobsController } from './jobs/jobs.controller';
import { MetricsController } from './metrics/metrics.controller';
import { MetricsPage } from './metrics/metrics-page';
import { AssessmentAnswers } from './occupations/assessment-answers';
import { OccupationsController } from './occupations/occupations.controller';
import { WaitingRequests } from './overload/waiting-requests';
import { MissingOccupations } from './pulls/missing-occupations';
import { ReferenceDataController } from './reference-data/reference-data.controller';
import { ReleasesController } from './releases/releases.controller';
import { LlmGapAnswers } from './skill-gap/llm-gap-answers';
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
        LlmModule,
        MetricsModule,
      ],
      controllers: [
        HomeController,
        HealthController,
        MetricsController,
        SkillGapController,
        OccupationsController,
        ReferenceDataController,
        ReleasesController,
        JobsController,
        AdminAssessmentsController,
        AdminIngestionsController,
        AdminReleasesController,
        AdminJobsController,
      ],
      providers: [
        ReadinessService,
        WaitingRequests,
        MetricsPage,
        ClientAccess,
        MissingOccupations,
        LlmGapAnswers,
        AssessmentAnswers,
        EventStreams,
        // after the database, whose folder the key is kept in
        { provide: AdminKeys, inject: [DatabaseHealth], useFactory: () => AdminKeys.load(config) },
      ],
    };
  }
}
