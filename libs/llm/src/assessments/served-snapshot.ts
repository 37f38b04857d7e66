import { Injectable } from '@nestjs/common';
import type { OnetSocCode } from '@app/common';
import { isRated, SnapshotStore, type ReleaseSnapshot } from '@app/occupations';

/** What is served now, for jobs: they may be begun by a process that has not seen the latest change. */
@Injectable()
export class ServedSnapshot {
  constructor(private readonly snapshots: SnapshotStore) {}

  /**
   * The snapshot, with these occupations rated in it.
   *
   * @throws Error where they are not: one that was just pulled may not be stored yet, so it is worth to try again
   */
  async withRated(codes: readonly OnetSocCode[]): Promise<ReleaseSnapshot> {
    await this.snapshots.catchUp();
    const snapshot = this.snapshots.require();
    const missing = codes.filter((code) => !isRated(snapshot.find(code)));
    if (missing.length > 0) throw new Error(`Not rated in what is served now: ${missing.join(', ')}`);
    return snapshot;
  }
}
