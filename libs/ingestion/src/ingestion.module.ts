import { HttpModule } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { declareJob } from '@app/jobs';
import { MetricsModule } from '@app/metrics';
import { NormalizationModule } from '@app/normalization';
import { OccupationsModule } from '@app/occupations';
import { OnetClientModule } from '@app/onet-client';
import { ReleaseDownloadService } from './download/release-download.service';
import { FirstLoadService } from './first-load.service';
import { ImportReleaseHandler } from './import-release.handler';
import { IMPORT_RELEASE } from './import-release.job';
import { IngestionHistoryService } from './ingestion-history.service';
import { IngestionRequestsService } from './ingestion-requests.service';
import { IngestionSchedule } from './ingestion-schedule';
import { FreshPulls } from './pulls/fresh-pulls';
import { OccupationPullsService } from './pulls/occupation-pulls.service';
import { PullOccupationHandler } from './pulls/pull-occupation.handler';
import { PULL_OCCUPATION } from './pulls/pull-occupation.job';
import { ReleaseLoadingService } from './release-loading.service';
import { LandingService } from './text/landing.service';
import { TextIngestionService } from './text/text-ingestion.service';
import { CredentialsCheck } from './web-services/credentials-check';
import { LandedPagesService } from './web-services/landed-pages.service';
import { PageLandingService } from './web-services/page-landing.service';
import { ReleaseChangesService } from './web-services/release-changes.service';
import { WebServicesIngestionService } from './web-services/web-services-ingestion.service';

/** From a release as published to the landing tables, and on to service. */
@Module({
  imports: [HttpModule, MetricsModule, NormalizationModule, OccupationsModule, OnetClientModule],
  providers: [
    declareJob(IMPORT_RELEASE),
    ImportReleaseHandler,
    LandingService,
    TextIngestionService,
    LandedPagesService,
    PageLandingService,
    ReleaseChangesService,
    WebServicesIngestionService,
    ReleaseLoadingService,
    IngestionRequestsService,
    IngestionHistoryService,
    IngestionSchedule,
    FirstLoadService,
    ReleaseDownloadService,
    declareJob(PULL_OCCUPATION),
    PullOccupationHandler,
    OccupationPullsService,
    FreshPulls,
    CredentialsCheck,
  ],
  exports: [IngestionRequestsService, IngestionHistoryService, FirstLoadService, OccupationPullsService],
})
export class IngestionModule {}
