import { Module } from '@nestjs/common';
import { MetricsModule } from '@app/metrics';
import { ReleasesService } from './releases.service';
import { SnapshotLoader } from './snapshot/snapshot-loader';
import { SnapshotMetrics } from './snapshot/snapshot-metrics';
import { SnapshotStore } from './snapshot/snapshot-store';

/** Occupations, skills and scales of the release in service, and the list of releases. */
@Module({
  imports: [MetricsModule],
  providers: [SnapshotLoader, SnapshotMetrics, SnapshotStore, ReleasesService],
  exports: [SnapshotStore, ReleasesService],
})
export class OccupationsModule {}
