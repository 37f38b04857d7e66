import { Injectable } from '@nestjs/common';
import { Metrics } from '@app/metrics';
import { DatabaseHealth } from './database-health';

/** Tells whoever watches whether the database is there. */
@Injectable()
export class DatabaseMetrics {
  constructor(metrics: Metrics, health: DatabaseHealth) {
    metrics.lookUp({ name: 'onet_database_up', help: 'Whether the database answers this process.' }, async () => [
      { labels: {}, value: (await health.isUp()) ? 1 : 0 },
    ]);
  }
}
