import { Inject, Injectable } from '@nestjs/common';
import { AppConfig } from '@app/config';
import { EVERYTHING, UpstreamMissesService } from '@app/database';
import { Metrics } from '@app/metrics';
import type { OnetErrorKind } from '../onet-errors';
import { RequestBudget } from './request-budget';

/** What a request may come to that was made. */
const FAILURES: readonly Exclude<OnetErrorKind, 'not-configured'>[] = [
  ...(['bad-credentials', 'no-data', 'refused', 'limited', 'unreachable', 'malformed'] as const),
];

/** Tells whoever watches how much the Web Services may still be asked, where they may be at all. */
@Injectable()
export class UpstreamMetrics {
  constructor(
    @Inject(AppConfig) { onetApi }: AppConfig,
    metrics: Metrics,
    budget: RequestBudget,
    misses: UpstreamMissesService,
  ) {
    if (onetApi === null) return;
    metrics.expectUpstream(['ok', 'timeout', ...FAILURES]);
    const limit = {
      name: 'onet_upstream_daily_requests',
      help: 'Requests to the O*NET Web Services that are allowed a day, over all processes.',
    };
    metrics.gauge(limit, () => [{ labels: {}, value: onetApi.requestsPerDay }]);
    const left = {
      name: 'onet_upstream_daily_requests_left',
      help: 'Requests to the O*NET Web Services that are left of today, over all processes.',
    };
    metrics.lookUp(left, async () => [{ labels: {}, value: await budget.left() }]);
    const pause = {
      name: 'onet_upstream_pause_seconds',
      help: 'For how long the O*NET Web Services are still left alone since they failed; 0 where they may be asked.',
    };
    metrics.lookUp(pause, async () => {
      const miss = (await misses.find([])).get(EVERYTHING);
      return [{ labels: {}, value: (miss?.forMs ?? 0) / 1000 }];
    });
  }
}
