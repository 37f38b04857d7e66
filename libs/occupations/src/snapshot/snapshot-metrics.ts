import { Injectable } from '@nestjs/common';
import { Metrics } from '@app/metrics';
import { SnapshotStore } from './snapshot-store';

/** Tells whoever watches which release is in service here, and how sure that is. */
@Injectable()
export class SnapshotMetrics {
  constructor(metrics: Metrics, store: SnapshotStore) {
    const release = {
      name: 'onet_release_info',
      help: 'The release in service in this process; always 1.',
      labels: ['release', 'release_id', 'source'],
    } as const;
    metrics.gauge(release, () => {
      const snapshot = store.current();
      if (snapshot === null) return [];
      const { version, id, source } = snapshot.release;
      return [{ labels: { release: version, release_id: String(id), source }, value: 1 }];
    });
    const offer = (name: string, help: string, read: () => number | null): void => {
      metrics.gauge({ name, help }, () => {
        const value = read();
        return value === null ? [] : [{ labels: {}, value }];
      });
    };
    offer(
      'onet_snapshot_revision',
      'Revision of what is served by this process.',
      () => store.current()?.revision ?? null,
    );
    offer(
      'onet_snapshot_age_seconds',
      'Time since the snapshot in service was loaded into this process.',
      () => store.ages()?.loaded ?? null,
    );
    offer(
      'onet_snapshot_unconfirmed_seconds',
      'Time since this process last found its snapshot to be what the database has.',
      () => store.ages()?.confirmed ?? null,
    );
  }
}
