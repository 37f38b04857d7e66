import { IncomingMessage, ServerResponse, type OutgoingHttpHeaders } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply } from 'fastify';
import helmet, { type HelmetOptions } from 'helmet';

/** Everything that is no page: whatever a browser makes of it, it may load nothing, and nobody may show it in a frame. */
export const DATA_HEADERS = headersOf({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
  },
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  strictTransportSecurity: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xFrameOptions: { action: 'deny' },
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
});

/**
 * Swagger UI and the queue dashboard: scripts from this server only, and no inline ones. Both set styles by script and by
 * attribute, which cannot be told from others. Nothing is upgraded to HTTPS, since this server speaks plain HTTP; for the
 * same reason HSTS is for whoever ends TLS to set.
 */
const PAGE_HEADERS = headersOf({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'none'"],
      'base-uri': ["'self'"],
      'connect-src': ["'self'"],
      'font-src': ["'self'", 'data:'],
      'form-action': ["'none'"],
      'frame-ancestors': ["'none'"],
      'img-src': ["'self'", 'data:'],
      'script-src': ["'self'"],
      'style-src': ["'self'", "'unsafe-inline'"],
    },
  },
  strictTransportSecurity: false,
  xFrameOptions: { action: 'deny' },
});

/** What pages of other origins may read of an answer, besides what browsers always let them. */
export const EXPOSED_HEADERS = [
  ...['ETag', 'Location', 'Retry-After', 'X-Request-Id'],
  ...['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'],
];

/** What helmet would set, worked out once: it makes all of it anew for every answer. */
function headersOf(options: HelmetOptions): OutgoingHttpHeaders {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet(options)(request, response, () => undefined);
  return { ...response.getHeaders() };
}

/** Sets the headers that keep browsers from doing more with an answer than showing its data. */
export function setDataHeaders(reply: FastifyReply): void {
  void reply.headers(DATA_HEADERS);
}

/** Gives the routes below these paths the headers of pages. To be called before the routes are there. */
export function usePageHeaders(server: FastifyInstance, paths: readonly string[]): void {
  server.addHook('onRoute', (route) => {
    if (!paths.some((path) => route.url === path || route.url.startsWith(`${path}/`))) return;
    route.onRequest = [
      ...[route.onRequest ?? []].flat(),
      (_request, reply, done): void => {
        void reply.headers(PAGE_HEADERS);
        done();
      },
    ];
  });
}
