import { Injectable, Logger } from '@nestjs/common';
import { OperatorError, type OnetSocCode } from '@app/common';
import {
  DatabaseUnavailableError,
  Ingestion,
  isDatabaseUnavailable,
  UnitOfWork,
  UpstreamMissesService,
} from '@app/database';
import { HandlesJob, holdClaim, recordResult, type JobClaim, type JobHandler, type JobRun } from '@app/jobs';
import {
  normalisePull,
  OverlayService,
  RetentionService,
  type NormalisedPull,
  type OverlayFrame,
  type PulledTable,
} from '@app/normalization';
import type { PulledOccupation } from '@app/occupations';
import { OnetClient, OnetError } from '@app/onet-client';
import { OnetUnavailableError } from '../web-services/onet-unavailable';
import { fetchOccupation } from './fetch-occupation';
import { FreshPulls } from './fresh-pulls';
import { PULL_OCCUPATION, type PullPayload, type PullResult } from './pull-occupation.job';
import { failureOf } from './pull-failure';
import { toPulledOccupation } from './pulled-occupation';

const DAY_MS = 24 * 3600_000;
/** A row that is damaged may be mended soon. */
const HOUR_MS = 3600_000;
const TIDY_EVERY_MS = 3600_000;

/** A column of type text holds 64 kB; rows of an occupation have some twenty. */
const MAX_RESULT_BYTES = 65_000;

/** Pulls one occupation: first what whoever waits needs, then what is to be kept. */
@Injectable()
@HandlesJob(PULL_OCCUPATION)
export class PullOccupationHandler implements JobHandler<PullPayload, PullResult> {
  private readonly logger = new Logger(PullOccupationHandler.name);
  private tidiedAt = Date.now();

  constructor(
    private readonly client: OnetClient,
    private readonly overlay: OverlayService,
    private readonly fresh: FreshPulls,
    private readonly misses: UpstreamMissesService,
    private readonly retention: RetentionService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async run(run: JobRun<PullPayload, PullResult>): Promise<PullResult> {
    try {
      const result = await this.pull(run);
      await this.tidyUp(run, result);
      return result;
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw new DatabaseUnavailableError('an occupation was pulled', error);
      throw error;
    }
  }

  private async pull(run: JobRun<PullPayload, PullResult>): Promise<PullResult> {
    const { code } = run.payload;
    const before = run.recordedResult;
    // all is done, down to clearing up
    if (before !== null && before.outcome !== 'pulled') return before;
    const frame = await this.overlay.frame(code);
    if (frame === null) throw new OperatorError('No release is active that a pulled occupation could stand beside.');
    const askedAt = await this.askedAt(run);
    const tables = before === null ? await this.fetch(run) : before.tables;
    if (tables === null) return this.unknown(run, code);
    const pull = normalisePull(code, tables, frame);
    const outcome = outcomeOf(pull);
    if (outcome === 'complete') {
      if (before === null) await this.tell(run, toPulledOccupation(code, pull, askedAt), tables);
      return this.store(run, tables, pull, frame);
    }
    return this.missing(run, outcome, tables, pull, frame, askedAt);
  }

  private async fetch({
    payload: { code },
    signal,
    progress,
  }: JobRun<PullPayload>): Promise<readonly PulledTable[] | null> {
    progress({ stage: 'pulling', done: 0, total: null });
    try {
      return await fetchOccupation(this.client, code, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof OnetError)) throw error;
      const { of, miss } = failureOf(error, code);
      await this.misses.remember(of, miss);
      throw new OnetUnavailableError(error.message, { forEverybody: miss.detail });
    }
  }

  /** What is served of a pull has this time, as the database has it; read early, so that the answer needs no database. */
  private async askedAt({ jobId }: JobClaim): Promise<Date> {
    const ingestion = await this.unitOfWork.query((manager) => manager.findOneByOrFail(Ingestion, { id: jobId }));
    return ingestion.createdAt;
  }

  /** Lets those who wait go on: in this process at once, elsewhere by way of the ledger. */
  private async tell(claim: JobClaim, occupation: PulledOccupation, tables: readonly PulledTable[]): Promise<void> {
    this.fresh.announce(claim.jobId, occupation);
    const result: PullResult = { outcome: 'pulled', occupation, tables };
    if (Buffer.byteLength(JSON.stringify(result)) > MAX_RESULT_BYTES) return;
    await this.unitOfWork.run((manager) => recordResult(manager, claim, result));
  }

  private async store(
    { jobId, attempt, payload: { code }, progress }: JobRun<PullPayload>,
    tables: readonly PulledTable[],
    pull: NormalisedPull,
    frame: OverlayFrame,
  ): Promise<PullResult> {
    progress({ stage: 'storing', done: 0, total: pull.ratings.length });
    await this.overlay.store({ jobId, attempt }, code, tables, pull, { serve: true, frame });
    progress({ stage: 'storing', done: pull.ratings.length, total: pull.ratings.length });
    return { outcome: 'stored', code, ratings: pull.ratings.length };
  }

  private async unknown({ jobId, attempt }: JobClaim, code: OnetSocCode): Promise<PullResult> {
    const detail = `The O*NET Web Services do not know ${code} either.`;
    await this.unitOfWork.run(async (manager) => {
      await holdClaim(manager, { jobId, attempt });
      await manager.update(Ingestion, { id: jobId }, { attempt, error: detail });
    });
    await this.misses.remember(code, { reason: 'unknown', detail, askedAt: new Date(), forMs: DAY_MS });
    return { outcome: 'unknown', code, detail };
  }

  /** The rows are landed, and what was wrong with them is recorded; they are not served. */
  private async missing(
    run: JobRun<PullPayload, PullResult>,
    reason: 'not_rated' | 'incomplete',
    tables: readonly PulledTable[],
    pull: NormalisedPull,
    frame: OverlayFrame,
    askedAt: Date,
  ): Promise<PullResult> {
    const { jobId, attempt, payload, recordedResult } = run;
    const { code } = payload;
    const detail = detailOf(code, reason, pull);
    // one that is only listed is news where the release does not list it
    const serve = reason === 'not_rated' && pull.occupation !== null && !frame.listed;
    if (serve && recordedResult === null) await this.tell(run, toPulledOccupation(code, pull, askedAt), tables);
    await this.overlay.store({ jobId, attempt }, code, tables, pull, { serve, frame, note: detail });
    const forMs = reason === 'not_rated' ? DAY_MS : HOUR_MS;
    await this.misses.remember(code, { reason, detail, askedAt: new Date(), forMs });
    return { outcome: reason, code, detail };
  }

  /** Now and then: pulls leave rows behind as well. */
  private async tidyUp(claim: JobClaim, result: PullResult): Promise<void> {
    if (Date.now() - this.tidiedAt < TIDY_EVERY_MS) return;
    this.tidiedAt = Date.now();
    try {
      // nobody waits for what follows
      await this.unitOfWork.run((manager) => recordResult(manager, claim, result));
      await this.retention.purge(claim.jobId);
      await this.misses.forgetOld();
    } catch (error) {
      this.logger.warn(`Could not clear up after a pull: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

function outcomeOf({
  occupation,
  ratings,
  rejections,
  complete,
}: NormalisedPull): 'complete' | 'not_rated' | 'incomplete' {
  if (occupation !== null && complete) return 'complete';
  return occupation !== null && ratings.length === 0 && rejections.length === 0 ? 'not_rated' : 'incomplete';
}

/** One sentence for clients. */
function detailOf(
  code: OnetSocCode,
  reason: 'not_rated' | 'incomplete',
  { occupation, found, wanted }: NormalisedPull,
): string {
  if (reason === 'not_rated') return `The O*NET Web Services list ${code} without skill ratings, too.`;
  if (occupation === null)
    return `The title and description that the O*NET Web Services have of ${code} cannot be used.`;
  return `The O*NET Web Services have ${found} of the ${wanted} skill ratings of ${code} that are needed.`;
}
