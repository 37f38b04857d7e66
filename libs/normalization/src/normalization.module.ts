import { Module } from '@nestjs/common';
import { MetricsModule } from '@app/metrics';
import { OccupationsModule } from '@app/occupations';
import { ActivationService } from './activation.service';
import { NormalizationService } from './normalization.service';
import { OverlayService } from './overlay/overlay.service';
import { QualityReportService } from './quality-report.service';
import { RetentionService } from './retention.service';

/** From landed rows to a release in service. */
@Module({
  imports: [MetricsModule, OccupationsModule],
  providers: [NormalizationService, ActivationService, OverlayService, QualityReportService, RetentionService],
  exports: [NormalizationService, ActivationService, OverlayService, QualityReportService, RetentionService],
})
export class NormalizationModule {}
