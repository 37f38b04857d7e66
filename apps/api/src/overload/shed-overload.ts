import type { RequestListener, Server } from 'node:http';
import type { Logger } from 'pino';
import type { Metrics } from '@app/metrics';
import { pathOf } from '../http/request-path';
import { NEVER_SHED } from './never-shed';
import { OverloadGate } from './overload-gate';
import { shedAnswer } from './shed-answer';
import { UnansweredRequests } from './unanswered-requests';

const SECOND_MS = 1000;
/** However long an overload lasts, the log has one line in so many seconds. */
const LOG_EVERY_SECONDS = 10;

export interface ShedOverloadOptions {
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly corsOrigins: readonly string[];
  readonly gate?: OverloadGate;
}

/**
 * Answers requests beyond what the process can do at once with 503, before anything else of them is looked at. It stands
 * before Fastify: routing and answering there cost most of what a gap costs, and an overload is not to be had that way.
 * Where HOST is `localhost`, Fastify opens a second server for the other kind of address, which is not watched.
 */
export function shedOverload(
  server: Server,
  { metrics, logger, corsOrigins, gate = new OverloadGate() }: ShedOverloadOptions,
): void {
  const [serve, ...others] = server.listeners('request') as RequestListener[];
  if (serve === undefined || others.length > 0) throw new Error('Somebody else listens for requests');
  const refuse = shedAnswer(corsOrigins);
  const unanswered = new UnansweredRequests();
  let shed = 0;
  server.removeListener('request', serve);
  server.on('request', (request, response) => {
    const reason = gate.refusal();
    if (reason !== null && !NEVER_SHED.has(pathOf(request.url ?? '/'))) {
      shed++;
      metrics.requestShed(reason);
      refuse(request, response);
      return;
    }
    unanswered.follow(request, response, gate.begin());
    serve(request, response);
  });
  let told = 0;
  let seconds = LOG_EVERY_SECONDS;
  const everySecond = setInterval(() => {
    gate.nextSecond();
    if (++seconds < LOG_EVERY_SECONDS || shed === told) return;
    logger.warn({ shed: shed - told }, 'Overloaded: requests are answered with 503');
    told = shed;
    seconds = 0;
  }, SECOND_MS).unref();
  server.once('close', () => {
    clearInterval(everySecond);
  });
}
