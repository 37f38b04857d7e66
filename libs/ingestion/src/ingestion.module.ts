import { HttpModule } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { declareJob } from '@app/jobs';
import { NormalizationModule } from '@app/normalization';
import { ReleaseDownloadService } from './download/release-download.service';
import { FirstLoadService } from './first-load.service';
import { ImportReleaseHandler } from './import-release.handler';
import { IMPORT_RELEASE } from './import-release.job';
import { IngestionHistoryService } from './ingestion-history.service';
import { IngestionRequestsService } from './ingestion-requests.service';
import { IngestionSchedule } from './ingestion-schedule';
import { IngestionService } from './ingestion.service';
import { LandingService } from './landing.service';

/** From a release as published to the landing tables, and on to service. */
@Module({
  imports: [HttpModule, NormalizationModule],
  providers: [
    declareJob(IMPORT_RELEASE),
    ImportReleaseHandler,
    LandingService,
    IngestionService,
    IngestionRequestsService,
    IngestionHistoryService,
    IngestionSchedule,
    FirstLoadService,
    ReleaseDownloadService,
  ],
  exports: [IngestionRequestsService, IngestionHistoryService, FirstLoadService],
})
export class IngestionModule {}
