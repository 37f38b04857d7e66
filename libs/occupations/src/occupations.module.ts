import { Module } from '@nestjs/common';
import { ReleasesService } from './releases.service';
import { SnapshotLoader } from './snapshot/snapshot-loader';
import { SnapshotStore } from './snapshot/snapshot-store';

/** Occupations, skills and scales of the release in service, and the list of releases. */
@Module({
  providers: [SnapshotLoader, SnapshotStore, ReleasesService],
  exports: [SnapshotStore, ReleasesService],
})
export class OccupationsModule {}
