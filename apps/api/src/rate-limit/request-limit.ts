import rateLimit, { type FastifyRateLimitStoreCtor } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '@app/common';
import type { ProblemDetailsFilter } from '../http/problem-details.filter';
import { clientOf } from './client-key';
import type { OpenCounter } from './open-counter';

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Counts a request, and tells in the headers of its answer what is left.
     *
     * @returns what to answer in place of what was asked for, where that is too much; else null
     */
    countRequest(request: FastifyRequest, reply: FastifyReply): Promise<AppError | null>;
  }
}

const WINDOW_MS = 60_000;

/** Clients that are counted in memory; beyond that, the one is forgotten that has asked for nothing for longest. */
const MANY_CLIENTS = 20_000;

export interface RequestLimitOptions {
  /** Requests that one client may make; 0 for no limit. */
  readonly perMinute: number;
  /** Short id of the key that a request carries; null where it carries none of ours. */
  readonly keyOf: (request: FastifyRequest) => string | null;
  /** Whether a request is not counted, whoever makes it. */
  readonly isExempt: (request: FastifyRequest) => boolean;
  /** Counts for several processes; null to count in the memory of this one. */
  readonly counter: OpenCounter | null;
  /** Clients that are counted in memory. */
  readonly manyClients?: number;
}

/**
 * Bounds how many requests a client makes a minute: the window begins with its first request and ends a minute later. To
 * be called before whatever checks keys, so that guessing them is bounded as well.
 */
export async function limitRequests(
  server: FastifyInstance,
  problems: ProblemDetailsFilter,
  { perMinute, keyOf, isExempt, counter, manyClients = MANY_CLIENTS }: RequestLimitOptions,
): Promise<void> {
  if (perMinute === 0) {
    server.decorate('countRequest', () => Promise.resolve(null));
    return;
  }
  await server.register(rateLimit, {
    global: false,
    max: perMinute,
    timeWindow: WINDOW_MS,
    cache: manyClients,
    keyGenerator: (request) => clientOf(request, keyOf(request)),
    ...(counter === null ? {} : { store: storeOf(counter) }),
  });
  const count = server.createRateLimit();
  server.decorate('countRequest', async (request, reply) => {
    const outcome = await count(request);
    // nobody can tell how many there were
    if (outcome.isAllowed || outcome.ttl === 0) return null;
    void reply.headers({
      'ratelimit-limit': outcome.max,
      'ratelimit-remaining': outcome.remaining,
      'ratelimit-reset': outcome.ttlInSeconds,
    });
    return outcome.isExceeded ? tooMany(outcome.max, outcome.ttlInSeconds) : null;
  });
  server.addHook('onRequest', (request, reply, done) => {
    if (isExempt(request)) {
      done();
      return;
    }
    server.countRequest(request, reply).then((refusal) => {
      if (refusal === null) done();
      else problems.send(refusal, request, reply);
    }, done);
  });
  if (counter !== null) {
    server.addHook('onClose', (_server, done) => {
      counter.close();
      done();
    });
  }
}

function tooMany(perMinute: number, retryAfterSeconds: number): AppError {
  return new AppError('RATE_LIMITED', `One client may make ${perMinute} requests a minute.`, [], { retryAfterSeconds });
}

/** What cannot be counted comes as a window that is over. */
const NOT_COUNTED = { current: 0, ttl: 0 };

function storeOf(counter: OpenCounter): FastifyRateLimitStoreCtor {
  return class Store {
    incr(
      client: string,
      done: (error: Error | null, count?: { current: number; ttl: number }) => void,
      windowMs: number,
    ): void {
      void counter.count(client, windowMs).then((count) => {
        done(null, count ?? NOT_COUNTED);
      });
    }

    child(): this {
      return this;
    }
  };
}
