import type { IncomingMessage, ServerResponse } from 'node:http';
import { DATA_HEADERS, EXPOSED_HEADERS } from '../http/answer-headers';
import { createProblem, PROBLEM_MEDIA_TYPE, RETRY_AFTER_SECONDS } from '../http/problem';
import { requestId } from '../http/request-hooks';
import { pathOf } from '../http/request-path';
import { SHED_DETAIL } from './never-shed';

const INSTANCE = '\u0001';
const ID = '\u0002';

/**
 * Answers a request that is not served. It has to cost a fraction of what serving costs, so nothing of it is made anew but
 * what differs from one request to the next: path, id, and whether the page that asks may read it.
 *
 * @param corsOrigins origins that browsers may call from; `*` for all
 */
export function shedAnswer(
  corsOrigins: readonly string[],
): (request: IncomingMessage, response: ServerResponse) => void {
  const problem = JSON.stringify(createProblem('OVERLOADED', SHED_DETAIL, { id: ID, url: INSTANCE }));
  const [beforeInstance = '', beforeId = '', end = ''] = problem.split(/"\\u000[12]"/);
  const headers = [
    ...Object.entries(DATA_HEADERS).flatMap(([name, value]) => [name, String(value)]),
    ...['content-type', PROBLEM_MEDIA_TYPE],
    ...['retry-after', String(RETRY_AFTER_SECONDS)],
  ];
  const crossOrigin = crossOriginHeaders(corsOrigins);
  return (request, response) => {
    const id = requestId(request);
    const instance = JSON.stringify(pathOf(request.url ?? '/'));
    const body = `${beforeInstance}${instance}${beforeId}"${id}"${end}`;
    const length = String(Buffer.byteLength(body));
    response.writeHead(503, [
      ...headers,
      ...crossOrigin(request.headers.origin),
      ...['x-request-id', id, 'content-length', length],
    ]);
    response.end(body);
  };
}

/** Without them a page is told of no status and of no `Retry-After`, but of a network that failed. */
function crossOriginHeaders(origins: readonly string[]): (origin: string | undefined) => readonly string[] {
  const exposed = ['access-control-expose-headers', EXPOSED_HEADERS.join(', ')];
  if (origins.includes('*')) {
    const forAll = ['access-control-allow-origin', '*', ...exposed];
    return () => forAll;
  }
  const known = new Set(origins);
  const varies = ['vary', 'Origin'];
  return (origin) =>
    origin !== undefined && known.has(origin) ? ['access-control-allow-origin', origin, ...varies, ...exposed] : varies;
}
