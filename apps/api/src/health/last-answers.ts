import type { FastifyInstance } from 'fastify';
import type { ReadinessService } from './readiness.service';

/**
 * Has clients open other connections, which lead elsewhere, once the process is told to end: a request that is sent on one
 * that is just being closed would be lost.
 */
export function registerLastAnswers(server: FastifyInstance, readiness: ReadinessService): void {
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (readiness.isDraining) void reply.header('connection', 'close');
    done(null, payload);
  });
}
