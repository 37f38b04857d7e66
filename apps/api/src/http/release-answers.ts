import { createHash } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '@app/common';
import type { ReleaseSnapshot, SnapshotStore } from '@app/occupations';

declare module 'fastify' {
  interface FastifyRequest {
    /** Release that was in service when the request came in. */
    snapshotAtStart: ReleaseSnapshot | null;
    /** Release that the answer was built from; null for answers that are built from none. */
    answeredFrom: ReleaseSnapshot | null;
  }
}

/** To be raised when an answer changes its form, so that no client keeps an old one. */
const FORMAT_VERSION = 1;

/**
 * Gives a route the release to answer from. It is the one that was in service when the request came in, from its
 * first step to its last, and the answer gets an ETag.
 */
export const ServedRelease = createParamDecorator((_data: unknown, context: ExecutionContext): ReleaseSnapshot => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const snapshot = request.snapshotAtStart;
  if (snapshot === null) throw new AppError('NOT_READY', 'No O*NET release is loaded yet. Try again shortly.');
  request.answeredFrom = snapshot;
  return snapshot;
});

/** Pins every request to the release in service, and marks answers so that clients need not fetch them twice. */
export function registerReleaseAnswers(server: FastifyInstance, store: SnapshotStore): void {
  server.decorateRequest('snapshotAtStart', null);
  server.decorateRequest('answeredFrom', null);
  server.addHook('onRequest', (request, _reply, done) => {
    request.snapshotAtStart = store.current();
    done();
  });
  server.addHook('onSend', (request, reply, payload, done) => {
    const snapshot = request.answeredFrom;
    if (snapshot === null || reply.statusCode !== 200) {
      done(null, payload);
      return;
    }
    const etag = etagOf(snapshot, request.url);
    void reply.header('etag', etag);
    void reply.header('cache-control', 'no-cache');
    if (matches(request.headers['if-none-match'], etag)) {
      done(null, notModified(reply));
      return;
    }
    done(null, payload);
  });
}

/** The checksum is part of it since ids and revisions begin anew when a database does. */
function etagOf({ release, revision }: ReleaseSnapshot, url: string): string {
  const query = createHash('sha1').update(url).digest('base64url').slice(0, 12);
  return `"${release.id}.${revision}.${FORMAT_VERSION}.${release.checksum.slice(0, 12)}.${query}"`;
}

function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((candidate) => {
    const tag = candidate.trim();
    return tag === '*' || tag.replace(/^W\//, '') === etag;
  });
}

function notModified(reply: FastifyReply): null {
  void reply.code(304);
  void reply.removeHeader('content-type');
  void reply.removeHeader('content-length');
  return null;
}
