import type { FastifyRequest } from 'fastify';
import { isHealthRoute, METRICS_ROUTE } from '../health/watched-routes';
import type { MetricsPage } from '../metrics/metrics-page';

const MAY_BE_UNLIMITED = /^\/(health|metrics)/;

/**
 * Whether a request is one that whoever runs the process makes, again and again: for its health, and for the metrics where
 * they are shown to who asks. Others who ask for the metrics may be guessing keys.
 */
export function isUnlimited(request: FastifyRequest, metrics: MetricsPage): boolean {
  // the framework makes the options of the route anew whenever they are asked for
  if (!MAY_BE_UNLIMITED.test(request.url)) return false;
  const { url } = request.routeOptions;
  return isHealthRoute(url) || (url === METRICS_ROUTE && metrics.isShownTo(request));
}
