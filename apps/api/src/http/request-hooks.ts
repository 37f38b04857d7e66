import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { setDataHeaders } from './answer-headers';

/** Ids of others are taken over if they are harmless in a header and in a log. */
const FOREIGN_ID = /^[\w.:-]{1,64}$/;

/** The id that the client gave its request, or a new one. */
export function requestId(request: { readonly headers: IncomingMessage['headers'] }): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && FOREIGN_ID.test(given) ? given : randomUUID();
}

/**
 * Headers that every answer carries, and the log line of every request.
 *
 * @param keyOf short id of the key of a client, where its request carries one; a key itself is never logged
 */
export function registerRequestHooks(
  server: FastifyInstance,
  logger: Logger,
  keyOf: (request: FastifyRequest) => string | null,
): void {
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    setDataHeaders(reply);
    done();
  });
  if (!logger.isLevelEnabled('info')) return;
  server.addHook('onResponse', (request, reply, done) => {
    logger.info(
      {
        request_id: request.id,
        method: request.method,
        url: request.url,
        route: request.routeOptions.url ?? null,
        status: reply.statusCode,
        duration_ms: Math.round(reply.elapsedTime * 100) / 100,
        client: request.ip,
        client_key: keyOf(request),
        ...(request.admin === '' ? {} : { admin: request.admin }),
      },
      'request',
    );
    done();
  });
}
