import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, type OnetSocCode } from '@app/common';
import { AppConfig } from '@app/config';
import { OccupationPullsService, type PullRequester } from '@app/ingestion';
import { isRated, SnapshotStore, type ReleaseSnapshot } from '@app/occupations';
import { ClientAccess } from '../clients/client-access';
import { servedRelease } from '../http/release-answers';
import { unfinishedJob } from '../jobs/accepted-job';
import type { JobDto } from '../jobs/dto/job.dto';
import { WaitingRequests } from '../overload/waiting-requests';
import { PullAllowance } from './pull-allowance';

/** What a request needs to know of an occupation. */
export type Needed = 'listed' | 'rated';

/**
 * Answers from the release in service, and has those occupations pulled that it lacks. What is there is answered at once,
 * without a promise in between.
 */
@Injectable()
export class MissingOccupations {
  private readonly allowance: PullAllowance;

  constructor(
    @Inject(AppConfig) config: AppConfig,
    private readonly pulls: OccupationPullsService,
    private readonly snapshots: SnapshotStore,
    private readonly clients: ClientAccess,
    private readonly waiting: WaitingRequests,
  ) {
    this.allowance = new PullAllowance(config.onetPullsPerMinute);
  }

  /**
   * @param build makes the answer; throws where an occupation is not there
   * @returns the answer, or, where it takes too long to bring what it needs, the job that is at it
   * @throws AppError `ONET_UNAVAILABLE`, `RATE_LIMITED`, `FORBIDDEN`, `DATABASE_UNAVAILABLE`, `OVERLOADED`, and whatever `build` throws
   */
  answer<T>(
    request: FastifyRequest,
    reply: FastifyReply,
    needed: Needed,
    codes: readonly OnetSocCode[],
    build: (snapshot: ReleaseSnapshot) => T | Promise<T | JobDto>,
  ): T | Promise<T | JobDto> {
    const snapshot = servedRelease(request);
    if (!this.pulls.configured || codes.every((code) => isThere[needed](snapshot, code))) return build(snapshot);
    return this.waiting.during(() => this.bring(request, reply, needed, codes, build));
  }

  private async bring<T>(
    request: FastifyRequest,
    reply: FastifyReply,
    needed: Needed,
    codes: readonly OnetSocCode[],
    build: (snapshot: ReleaseSnapshot) => T | Promise<T | JobDto>,
  ): Promise<T | JobDto> {
    const outcome = await this.pulls.bring(codes, isThere[needed], this.requester(request));
    if (outcome.kind === 'waiting') return unfinishedJob(outcome.job, request, reply);
    // both sides of a gap come from what is served now
    request.snapshotAtStart = this.snapshots.current();
    try {
      return await build(servedRelease(request));
    } catch (error) {
      throw withNotes(error, outcome.notes);
    }
  }

  private requester(request: FastifyRequest): PullRequester {
    const { id, requestedBy, maySpend } = this.clients.identify(request);
    return {
      requestedBy,
      requestId: request.id,
      admit: () => {
        if (!maySpend) return false;
        const waitMs = this.allowance.take(id);
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
  rated: (snapshot: ReleaseSnapshot, code: OnetSocCode): boolean => isRated(snapshot.find(code)),
} as const satisfies Record<Needed, unknown>;

/** The same error, which also says what the Web Services had to say. */
function withNotes(error: unknown, notes: readonly string[]): unknown {
  if (!(error instanceof AppError) || notes.length === 0) return error;
  const { code, detail, errors } = error;
  return new AppError(code, [detail, ...new Set(notes)].join(' '), errors, { cause: error });
}
