import type { FastifyInstance } from 'fastify';
import type { Metrics } from '@app/metrics';

/** What is counted as route where the router found none: what stands in such a URL is up to the client. */
const NO_ROUTE = 'none';

/** Counts and times every request that was answered. */
export function registerRequestMetrics(server: FastifyInstance, { requests }: Metrics): void {
  server.addHook('onResponse', (request, reply, done) => {
    requests.record(request.method, request.routeOptions.url ?? NO_ROUTE, reply.statusCode, reply.elapsedTime / 1000);
    done();
  });
}
