import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '@app/common';
import type { ReleaseSnapshot, SnapshotStore } from '@app/occupations';

declare module 'fastify' {
  interface FastifyRequest {
    /** Release that was in service when the request came in. */
    snapshotAtStart: ReleaseSnapshot | null;
    /** Release that the answer was built from; null for answers that are built from none. */
    answeredFrom: ReleaseSnapshot | null;
    /** What else the answer was built from, as it stands in the ETag; null for nothing else. */
    answeredWith: string | null;
  }
}

/** To be raised when an answer changes its form, so that no client keeps an old one. */
const FORMAT_VERSION = 3;

/**
 * The release to answer a request from: the one that was in service when the request came in, from its first step to its
 * last. The answer gets an ETag.
 *
 * @throws AppError `NOT_READY` while no release is loaded
 */
export function servedRelease(request: FastifyRequest): ReleaseSnapshot {
  const snapshot = request.snapshotAtStart;
  if (snapshot === null) throw new AppError('NOT_READY', 'No O*NET release is loaded yet. Try again shortly.');
  request.answeredFrom = snapshot;
  return snapshot;
}

/** Pins every request to the release in service, and marks answers so that clients need not fetch them twice. */
export function registerReleaseAnswers(server: FastifyInstance, store: SnapshotStore): void {
  server.decorateRequest('snapshotAtStart', null);
  server.decorateRequest('answeredFrom', null);
  server.decorateRequest('answeredWith', null);
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
    const etag = etagOf(snapshot, request);
    void reply.header('etag', etag);
    void reply.header('cache-control', 'no-cache');
    if (matches(request.headers['if-none-match'], etag)) {
      void reply.code(304);
      if (request.method === 'HEAD') {
        // its length is still to be told from the body that is not sent
        done(null, payload);
        return;
      }
      void reply.removeHeader('content-type');
      void reply.removeHeader('content-length');
      done(null, null);
      return;
    }
    done(null, payload);
  });
}

/** The checksum is part of it since ids and revisions begin anew when a database does. */
function etagOf({ release, edition }: ReleaseSnapshot, { url, answeredWith }: FastifyRequest): string {
  const parts = [release.id, edition, FORMAT_VERSION, release.checksum.slice(0, 12), fingerprint(url)];
  return `"${[...parts, ...(answeredWith === null ? [] : [answeredWith])].join('.')}"`;
}

/** FNV-1a: enough, since clients compare the ETags of one URL only. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16);
}

function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((candidate) => {
    const tag = candidate.trim();
    return tag === '*' || tag.replace(/^W\//, '') === etag;
  });
}
