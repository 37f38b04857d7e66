import type { ServerResponse, IncomingMessage, ServerOptions } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { AppError } from '@app/common';
import type { ProblemDetailsFilter } from './problem-details.filter';

/**
 * Node refuses a request without `Host` by itself, with a status and nothing else: no id, no problem document. With this
 * option it leaves that to {@link answerInFull}.
 */
export const NO_BARE_ANSWERS: ServerOptions = { requireHostHeader: false };

/** Sees to it that requests are answered by us that Node would refuse with nothing but a status. */
export function answerInFull(server: FastifyInstance, problems: ProblemDetailsFilter): void {
  // what a client expects beyond 100-continue may be passed over (RFC 9110, 10.1.1)
  server.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    server.server.emit('request', request, response);
  });
  server.addHook('onRequest', (request, reply, done) => {
    if (request.headers.host !== undefined || request.raw.httpVersion !== '1.1') {
      done();
      return;
    }
    const message = '"host" is missing: HTTP/1.1 asks for this header';
    const error = new AppError('VALIDATION_FAILED', `${message}.`, [{ parameter: 'host', message }]);
    // as of whatever is no request of HTTP, its path says nothing
    problems.send(error, { id: request.id, url: '/' }, reply);
  });
}
