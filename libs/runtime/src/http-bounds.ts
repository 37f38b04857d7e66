import type { ServerOptions } from 'node:http';
import type { Server } from 'node:net';
import type { Logger } from 'pino';

/** How long clients may take, in ms, and how many connections they may hold. */
export interface HttpBounds {
  /** For the headers of a request, from the opening of the connection or from the request's first byte on. */
  readonly headersMs: number;
  /** For a whole request, its body included. */
  readonly requestMs: number;
  /** How often is looked for requests that take longer. */
  readonly checkEveryMs: number;
  /** How long a connection is kept open for another request. */
  readonly idleMs: number;
  /** How long nothing may be sent nor taken while an answer is under way. */
  readonly silenceMs: number;
  /** Of one process; further ones are closed at once. */
  readonly connections: number;
}

/** What every process of the application grants its clients. */
export const HTTP_BOUNDS: HttpBounds = {
  headersMs: 15_000,
  // 64 KiB at 2 kB a second
  requestMs: 30_000,
  checkEveryMs: 2000,
  // longer than proxies keep theirs (60 s and less), so that it is they who close: no request meets a closing connection
  idleMs: 72_000,
  // longer than the longest answer is silent: one that waits for a pull and then for the LLM, a minute each at most;
  // event streams say every 15 s that they are there
  silenceMs: 150_000,
  // some 10 kB each while idle; what serves gaps well has a few hundred
  connections: 4096,
};

/** As often is told, at most, that connections are closed because there are too many. */
const TELL_EVERY_MS = 60_000;

interface FastifyBounds {
  readonly requestTimeout: number;
  readonly keepAliveTimeout: number;
  readonly connectionTimeout: number;
  readonly http: Pick<ServerOptions, 'headersTimeout' | 'requestTimeout' | 'connectionsCheckingInterval'>;
}

/**
 * The bounds of time as options of Fastify's server, which by itself waits for ever for the body of a request and for a
 * client to take its answer.
 */
export function fastifyBounds({
  headersMs,
  requestMs,
  checkEveryMs,
  idleMs,
  silenceMs,
}: HttpBounds = HTTP_BOUNDS): FastifyBounds {
  return {
    requestTimeout: requestMs,
    keepAliveTimeout: idleMs,
    connectionTimeout: silenceMs,
    http: { headersTimeout: headersMs, requestTimeout: requestMs, connectionsCheckingInterval: checkEveryMs },
  };
}

/** Bounds the connections of a server. With HOST=localhost, those of its second address (IPv6) are not counted. */
export function boundConnections(server: Server, logger: Logger, { connections } = HTTP_BOUNDS): void {
  server.maxConnections = connections;
  let toldAt = -Infinity;
  let dropped = 0;
  server.on('drop', () => {
    dropped++;
    const now = performance.now();
    if (now - toldAt < TELL_EVERY_MS) return;
    toldAt = now;
    logger.warn(`More than ${connections} connections: ${dropped} closed at once`);
    dropped = 0;
  });
}
