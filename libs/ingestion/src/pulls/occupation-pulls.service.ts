import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AppError, type OnetSocCode } from '@app/common';
import { AppConfig } from '@app/config';
import {
  ACTIVE_RELEASE_ID,
  ActiveRelease,
  EVERYTHING,
  Ingestion,
  type Job,
  needingDatabase,
  type RememberedMiss,
  UpstreamMissesService,
} from '@app/database';
import { JobsService, JobWatcher } from '@app/jobs';
import { SnapshotStore, type PulledOccupation, type ReleaseSnapshot } from '@app/occupations';
import { FreshPulls } from './fresh-pulls';
import { PULL_OCCUPATION, pullSubject, type PullResult } from './pull-occupation.job';

/** Somebody who asked for an occupation that is not there. */
export interface PullRequester {
  /** For admins to see. */
  readonly requestedBy: string;
  /** Id of the request to the api; null where there is none. */
  readonly requestId: string | null;
  /**
   * Asked once before a pull is begun for this requester.
   *
   * @returns whether it may be
   * @throws AppError where it may not be now
   */
  readonly admit: () => boolean;
}

/** What became of a request for occupations that were not there. */
export type BringOutcome =
  /** What can be had is in the snapshot now. */
  | { readonly kind: 'done'; readonly notes: readonly string[] }
  /** This job is still at it. */
  | { readonly kind: 'waiting'; readonly job: Job };

/** A pull that somebody in this process waits for. */
interface Pull {
  readonly job: Job;
  /** One sentence where there is nothing to be had; null where it is in the snapshot. Rejects with an AppError. */
  readonly note: Promise<string | null>;
}

/** Nothing is pulled for somebody; with a sentence where that leaves them without an answer. */
interface NoPull {
  readonly note: string | null;
}

/** How long a pull is watched that nobody begins: all who waited have long had their 202. */
const LONGEST_WATCH_MS = 10 * 60_000;

const AWAY =
  'The release in service does not have it, and what else there may be is kept in the database, which is away.';
const NOT_ADMITTED = 'A request with an X-API-Key would have it looked up in the O*NET Web Services.';

/** What was known when a pull was decided upon is not so any more. */
class OutdatedError extends Error {}

/** Has occupations pulled that are asked for and not there, one pull for each however many wait. */
@Injectable()
export class OccupationPullsService {
  private readonly begun = new Map<OnetSocCode, Promise<Pull | NoPull>>();

  constructor(
    @Inject(AppConfig) private readonly config: AppConfig,
    private readonly snapshots: SnapshotStore,
    private readonly jobs: JobsService,
    private readonly watcher: JobWatcher,
    private readonly fresh: FreshPulls,
    private readonly misses: UpstreamMissesService,
  ) {}

  /** Whether anything can be pulled at all. */
  get configured(): boolean {
    return this.config.onetApi !== null;
  }

  /**
   * Brings occupations into the snapshot, as far as the Web Services have them; waits for that no longer than
   * `ONET_PULL_WAIT_MS`.
   *
   * @param isThere whether a snapshot has what is asked for of a code
   * @throws AppError `ONET_UNAVAILABLE`, `DATABASE_UNAVAILABLE`, or what {@link PullRequester.admit} throws
   */
  async bring(
    codes: readonly OnetSocCode[],
    isThere: (snapshot: ReleaseSnapshot, code: OnetSocCode) => boolean,
    requester: PullRequester,
  ): Promise<BringOutcome> {
    // another process may have pulled it a moment ago
    await needingDatabase(AWAY, () => this.snapshots.catchUp());
    const isMissing = (code: OnetSocCode): boolean => !isThere(this.snapshots.require(), code);
    const missing = [...new Set(codes)].filter(isMissing);
    if (missing.length === 0) return { kind: 'done', notes: [] };
    const notes = await this.remembered(missing);
    // then there is no answer, whatever the others would bring
    if (notes.length > 0) return { kind: 'done', notes };

    const pulls = await Promise.all(missing.map((code) => this.beginOrJoin(code, isMissing, requester)));
    const wait = AbortSignal.timeout(this.config.onetPullWaitMs);
    for (const pull of pulls) {
      if (!('job' in pull)) notes.push(...(pull.note === null ? [] : [pull.note]));
      else if (!(await within(wait, pull.note, notes))) return { kind: 'waiting', job: pull.job };
    }
    return { kind: 'done', notes };
  }

  /**
   * What the Web Services said of occupations that they cannot give.
   *
   * @throws AppError `ONET_UNAVAILABLE` where they must not be asked again yet
   */
  private async remembered(codes: readonly OnetSocCode[]): Promise<string[]> {
    const known = await needingDatabase(AWAY, () => this.misses.find(codes));
    const notes = codes.flatMap((code) => noteOf(known.get(code)) ?? []);
    if (notes.length === 0) for (const code of [EVERYTHING, ...codes]) refuseWhile(known.get(code));
    return notes;
  }

  private async beginOrJoin(
    code: OnetSocCode,
    isMissing: (code: OnetSocCode) => boolean,
    requester: PullRequester,
  ): Promise<Pull | NoPull> {
    for (;;) {
      const others = this.begun.get(code);
      if (others === undefined) break;
      try {
        const pull = await others;
        if ('job' in pull) return pull;
      } catch {
        // what kept somebody else from it need not keep this one
      }
      if (this.begun.get(code) === others) this.begun.delete(code);
    }
    const own = this.begin(code, isMissing, requester);
    this.begun.set(code, own);
    const forget = (): void => {
      if (this.begun.get(code) === own) this.begun.delete(code);
    };
    own.then(({ note }) => note).then(forget, forget);
    return own;
  }

  private async begin(
    code: OnetSocCode,
    isMissing: (code: OnetSocCode) => boolean,
    requester: PullRequester,
  ): Promise<Pull | NoPull> {
    const subject = pullSubject(code);
    let admitted = false;
    for (;;) {
      const unfinished = await this.jobs.findUnfinished(subject);
      if (unfinished !== null) return this.follow(code, unfinished);
      const { revision } = this.snapshots.require();
      if (!isMissing(code)) return { note: null };
      admitted ||= requester.admit();
      if (!admitted) return { note: NOT_ADMITTED };
      const job = await this.request(code, revision, requester);
      if (job !== null) return this.follow(code, job);
      await needingDatabase(AWAY, () => this.snapshots.catchUp());
      const [note] = await this.remembered([code]);
      if (note !== undefined) return { note };
    }
  }

  /**
   * Asks for the job of a pull, or joins the one that is unfinished.
   *
   * @param revision of the snapshot that lacks the occupation
   * @returns null where that has changed, or something was learned about the occupation: the pull of somebody else may
   *   have ended in between
   */
  private async request(
    code: OnetSocCode,
    revision: number,
    { requestedBy, requestId }: PullRequester,
  ): Promise<Job | null> {
    const alongside = async (manager: EntityManager, id: string): Promise<void> => {
      // nobody else can begin one from here on, and what an earlier one brought is to be seen
      const active = await manager.findOneByOrFail(ActiveRelease, { id: ACTIVE_RELEASE_ID });
      const learned = await this.misses.findIn(manager, [code]);
      if (active.revision !== revision || learned.size > 0) throw new OutdatedError();
      await manager.insert(Ingestion, {
        id,
        kind: 'occupation',
        source: 'web_services',
        origin: code,
        counts: {},
        createdAt: new Date(),
      });
    };
    try {
      const subject = pullSubject(code);
      const request = { requestedBy, requestId, subject, alongside };
      return (await this.jobs.request(PULL_OCCUPATION, { code }, request)).job;
    } catch (error) {
      if (error instanceof OutdatedError) return null;
      throw error;
    }
  }

  private follow(code: OnetSocCode, job: Job): Pull {
    const note = this.outcome(code, job);
    note.catch(() => undefined); // everybody who waits may have gone
    return { job, note };
  }

  private async outcome(code: OnetSocCode, job: Job): Promise<string | null> {
    const stop = new AbortController();
    const tooLong = setTimeout(() => {
      stop.abort(new Error('Nobody waits any more.'));
    }, LONGEST_WATCH_MS).unref();
    try {
      const told = this.watcher.until(job, ({ result }) => result !== null, stop.signal);
      const ended = await Promise.race([this.fresh.next(job.id, stop.signal), told]);
      if (ended === null) throw unavailable('The pull was given up.');
      return 'ratings' in ended ? this.adopt(ended) : await this.conclude(code, ended);
    } finally {
      clearTimeout(tooLong);
      stop.abort();
    }
  }

  private adopt(occupation: PulledOccupation): string | null {
    this.snapshots.adopt(occupation);
    return occupation.ratings.length > 0
      ? null
      : `The O*NET Web Services list ${occupation.code} without skill ratings, too.`;
  }

  private async conclude(code: OnetSocCode, job: Job): Promise<string | null> {
    if (job.state === 'cancelled') throw unavailable('An admin has cancelled the pull.');
    if (job.state === 'failed' || job.result === null) {
      const known = await this.misses.find([code]).catch(() => new Map<string, RememberedMiss>());
      refuseWhile(known.get(EVERYTHING) ?? known.get(code));
      throw unavailable(job.errorDetail ?? 'The pull has failed.');
    }
    const result = JSON.parse(job.result) as PullResult;
    switch (result.outcome) {
      case 'pulled':
        return this.adopt(result.occupation);
      case 'stored':
        await needingDatabase(AWAY, () => this.snapshots.catchUp());
        return null;
      case 'not_rated':
        // it may be listed from now on
        await needingDatabase(AWAY, () => this.snapshots.catchUp());
        return result.detail;
      case 'unknown':
      case 'incomplete':
        return result.detail;
    }
  }
}

function noteOf(miss: RememberedMiss | undefined): string | null {
  return miss === undefined || miss.reason === 'unavailable' ? null : miss.detail;
}

function refuseWhile(miss: RememberedMiss | undefined): void {
  if (miss?.reason === 'unavailable') throw unavailable(miss.detail, miss.forMs);
}

function unavailable(detail: string, forMs?: number): AppError {
  const sentence = `The release in service does not have it. ${detail}`;
  return new AppError('ONET_UNAVAILABLE', sentence, [], {
    ...(forMs === undefined ? {} : { retryAfterSeconds: Math.max(1, Math.ceil(forMs / 1000)) }),
  });
}

/** Waits for a note and keeps it; false where it does not come in time. */
async function within(time: AbortSignal, note: Promise<string | null>, notes: string[]): Promise<boolean> {
  let stop: (() => void) | undefined;
  const tooLate = new Promise<false>((resolve) => {
    stop = (): void => {
      resolve(false);
    };
    if (time.aborted) stop();
    time.addEventListener('abort', stop);
  });
  try {
    const found = await Promise.race([note, tooLate]);
    if (found === false) return false;
    if (found !== null) notes.push(found);
    return true;
  } finally {
    if (stop !== undefined) time.removeEventListener('abort', stop);
  }
}
