import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '@app/common';
import { isHealthRoute } from '../health/watched-routes';
import type { ProblemDetailsFilter } from './problem-details.filter';

/** What RFC 9110 recommends that everybody support; ours have a few hundred characters. */
export const MAX_URL_LENGTH = 8000;

/** No request takes more than four. */
export const MAX_PARAMETERS = 50;

/** Bounds what is read of a URL before anybody looks at what it says; not for the health routes, which read nothing of it. */
export function boundUrls(server: FastifyInstance, problems: ProblemDetailsFilter): void {
  server.addHook('onRequest', (request, reply, done) => {
    const fault = faultOfUrl(request.url);
    if (fault === null || isHealthRoute(request.routeOptions.url)) done();
    else problems.send(fault, request, reply);
  });
}

/** Answers a request for which no route could be looked for, because of its path: it passes none of the hooks. */
export async function answerUnroutable(
  error: Error,
  request: FastifyRequest,
  reply: FastifyReply,
  problems: ProblemDetailsFilter,
): Promise<void> {
  try {
    // counted by the address that connects: what stands for it behind a proxy is not known here
    const refusal = await request.server.countRequest(request, reply);
    problems.send(refusal ?? faultOfUrl(request.url) ?? error, request, reply);
  } catch (unexpected) {
    // nobody else would answer
    problems.send(unexpected, request, reply);
  }
}

/** What is wrong with a URL, as far as its size goes; null where that is in order. */
export function faultOfUrl(url: string): AppError | null {
  if (url.length > MAX_URL_LENGTH) {
    return new AppError('URI_TOO_LONG', `The URL must have at most ${MAX_URL_LENGTH} characters, not ${url.length}.`);
  }
  if (parametersOf(url) <= MAX_PARAMETERS) return null;
  return new AppError('VALIDATION_FAILED', `The request must have at most ${MAX_PARAMETERS} parameters.`);
}

function parametersOf(url: string): number {
  const query = url.indexOf('?');
  if (query === -1) return 0;
  let parameters = 1;
  for (let next = url.indexOf('&', query); next !== -1; next = url.indexOf('&', next + 1)) parameters++;
  return parameters;
}
