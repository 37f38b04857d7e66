import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigModule, type AppConfig } from '@app/config';
import { DatabaseModule } from '@app/database';
import { IngestionModule } from '@app/ingestion';
import { OccupationsModule } from '@app/occupations';
import { HealthController } from './health/health.controller';
import { ReadinessService } from './health/readiness.service';
import { HomeController } from './home.controller';
import { OccupationsController } from './occupations/occupations.controller';
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
        IngestionModule,
        OccupationsModule,
      ],
      controllers: [
        HomeController,
        HealthController,
        SkillGapController,
        OccupationsController,
        ReferenceDataController,
        ReleasesController,
      ],
      providers: [ReadinessService],
    };
  }
}
