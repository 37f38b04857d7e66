import { HttpModule } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { NormalizationModule } from '@app/normalization';
import { ReleaseDownloadService } from './download/release-download.service';
import { FirstLoadService } from './first-load.service';
import { IngestionService } from './ingestion.service';
import { LandingService } from './landing.service';

/** From a release as published to the landing tables, and on to service. */
@Module({
  imports: [HttpModule, NormalizationModule],
  providers: [LandingService, IngestionService, FirstLoadService, ReleaseDownloadService],
  exports: [IngestionService, FirstLoadService, ReleaseDownloadService],
})
export class IngestionModule {}
