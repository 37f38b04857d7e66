import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '@app/common';
import type { ProblemDetailsFilter } from './problem-details.filter';

/** What the page loads. The package that it comes in has more: another page, sources, its own package.json. */
const FILES = /\/(swagger-ui\.css|swagger-ui-(bundle|init|standalone-preset)\.js|favicon-\d+x\d+\.png)?$/;

/** Keeps everything of Swagger UI's package to itself that its page does not need. To be called before its routes are there. */
export function serveOnlyPageFiles(server: FastifyInstance, path: string, problems: ProblemDetailsFilter): void {
  const check = (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const [pathname = ''] = request.url.split(/[?#]/);
    if (FILES.test(pathname)) done();
    else problems.send(new AppError('NOT_FOUND', `Cannot ${request.method} ${pathname}.`), request, reply);
  };
  server.addHook('onRoute', (route) => {
    if (route.url === `${path}/*`) route.onRequest = [...[route.onRequest ?? []].flat(), check];
  });
}
