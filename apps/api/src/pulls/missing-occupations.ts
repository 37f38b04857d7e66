import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, type OnetSocCode } from '@app/common';
import { AppConfig } from '@app/config';
import { OccupationPullsService, type PullRequester } from '@app/ingestion';
import { SnapshotStore, type ReleaseSnapshot } from '@app/occupations';
import { KeyRing } from '../http/key-ring';
import { servedRelease } from '../http/release-answers';
import { acceptedJob } from '../jobs/accepted-job';
import type { JobDto } from '../jobs/dto/job.dto';
import { PullAllowance } from './pull-allowance';

/** Header in which clients send a key for what costs quota. */
export const API_KEY_HEADER = 'x-api-key';

/** What a request needs to know of an occupation. */
export type Needed = 'listed' | 'rated';

/**
 * Answers from the release in service, and has those occupations pulled that it lacks. What is there is answered at once,
 * without a promise in between.
 */
@Injectable()
export class MissingOccupations {
  private readonly keys: KeyRing;
  private readonly allowance: PullAllowance;
  private readonly keyNeeded: boolean;

  constructor(
    @Inject(AppConfig) config: AppConfig,
    private readonly pulls: OccupationPullsService,
    private readonly snapshots: SnapshotStore,
  ) {
    this.keys = new KeyRing(config.apiKeys);
    this.allowance = new PullAllowance(config.onetPullsPerMinute);
    this.keyNeeded = !isLoopback(config.host);
  }

  /**
   * @param build makes the answer; throws where an occupation is not there
   * @returns the answer, or, where it takes too long to bring what it needs, the job that is at it
   * @throws AppError `ONET_UNAVAILABLE`, `RATE_LIMITED`, `FORBIDDEN`, `DATABASE_UNAVAILABLE`, and whatever `build` throws
   */
  answer<T>(
    request: FastifyRequest,
    reply: FastifyReply,
    needed: Needed,
    codes: readonly OnetSocCode[],
    build: (snapshot: ReleaseSnapshot) => T,
  ): T | Promise<T | JobDto> {
    const snapshot = servedRelease(request);
    if (!this.pulls.configured || codes.every((code) => isThere[needed](snapshot, code))) return build(snapshot);
    return this.bring(request, reply, needed, codes, build);
  }

  private async bring<T>(
    request: FastifyRequest,
    reply: FastifyReply,
    needed: Needed,
    codes: readonly OnetSocCode[],
    build: (snapshot: ReleaseSnapshot) => T,
  ): Promise<T | JobDto> {
    const outcome = await this.pulls.bring(codes, isThere[needed], this.requester(request));
    if (outcome.kind === 'waiting') {
      request.answeredFrom = null;
      void reply.status(202).header('retry-after', 1);
      return acceptedJob(outcome.job, reply);
    }
    // both sides of a gap come from what is served now
    request.snapshotAtStart = this.snapshots.current();
    try {
      return build(servedRelease(request));
    } catch (error) {
      throw withNotes(error, outcome.notes);
    }
  }

  private requester(request: FastifyRequest): PullRequester {
    const given = request.headers[API_KEY_HEADER];
    const key = typeof given === 'string' ? this.keys.identify(given) : null;
    // a wrong key is told, where keys are used at all, rather than passed over
    if (given !== undefined && key === null && !this.keys.isEmpty) {
      throw new AppError('FORBIDDEN', 'The X-API-Key is none of the API keys.');
    }
    return {
      requestedBy: key === null ? 'a client' : `client ${key}`,
      admit: () => {
        if (this.keyNeeded && key === null) return false;
        const waitMs = this.allowance.take(key ?? request.ip);
        if (waitMs === 0) return true;
        throw new AppError(
          'RATE_LIMITED',
          'Too many occupations were asked for that the release in service does not have.',
          [],
          { retryAfterSeconds: Math.ceil(waitMs / 1000) },
        );
      },
    };
  }
}

const isThere = {
  listed: (snapshot: ReleaseSnapshot, code: OnetSocCode): boolean => snapshot.find(code) !== undefined,
  rated: (snapshot: ReleaseSnapshot, code: OnetSocCode): boolean => (snapshot.find(code)?.row ?? -1) >= 0,
} as const satisfies Record<Needed, unknown>;

/** The same error, which also says what the Web Services had to say. */
function withNotes(error: unknown, notes: readonly string[]): unknown {
  if (!(error instanceof AppError) || notes.length === 0) return error;
  const { code, detail, errors } = error;
  return new AppError(code, [detail, ...new Set(notes)].join(' '), errors, { cause: error });
}

/** Whether a server that listens there can be reached from its own machine only. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
