import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AppError } from '@app/common';
import { AppConfig } from '@app/config';
import { isDatabaseUnavailable, type Job } from '@app/database';
import { JobsService, JobWatcher, type JobDefinition } from '@app/jobs';
import { findRatedOccupations, type ReleaseSnapshot } from '@app/occupations';
import { ASSESS_OCCUPATION, assessmentSubject } from '../assessments/assess-occupation.job';
import type { Assessment } from '../assessments/assessment';
import { AssessmentsService } from '../assessments/assessments.service';
import { LlmCalls } from '../calls/llm-calls.service';
import { LLM_ERROR_CODES, LlmError, STORE_AWAY } from '../llm-errors';
import { gapQuestion } from '../prompts/gap-prompt';
import type { Question } from '../prompts/question';
import { LlmStore } from '../store/llm-store.service';
import { assessedGap } from './assessed-gap';
import { DESCRIBE_GAP, gapSubject } from './describe-gap.job';
import type { GapDescriptions, LlmGap, LlmGapOutcome, LlmGapQuery, LlmGapRequester, LlmHindrance } from './llm-gap';

const MAX_HELD = 2000;
/** Times that release or model may change while a request waits. */
const MAX_ROUNDS = 3;

/** Two assessments that can be compared: by the same model. */
interface AssessedPair {
  readonly from: Assessment;
  readonly to: Assessment;
  /** Why it is by an earlier model; null where it is by the one that answers now. */
  readonly outdated: LlmHindrance | null;
}

/** A job that takes longer than whoever asked would wait. */
class StillRunning extends Error {
  constructor(readonly job: Job) {
    super('The job is still running.');
  }
}

/** Gaps on the LLM's levels: from memory, from the database, or by asking. */
@Injectable()
export class LlmGapService {
  private readonly held = new LRUCache<string, LlmGap>({ max: MAX_HELD });

  constructor(
    @Inject(AppConfig) private readonly config: AppConfig,
    private readonly assessments: AssessmentsService,
    private readonly store: LlmStore,
    private readonly calls: LlmCalls,
    private readonly jobs: JobsService,
    private readonly watcher: JobWatcher,
  ) {}

  /**
   * The gap, where this process holds all of it in memory.
   *
   * @throws OccupationNotFoundError, OccupationNotRatedError
   */
  recall(snapshot: ReleaseSnapshot, query: LlmGapQuery): LlmGap | null {
    findRatedOccupations(snapshot, namedCodes(query));
    const from = this.assessments.recall(snapshot, query.from);
    const to = this.assessments.recall(snapshot, query.to);
    if (from === null || to === null) return null;
    return this.held.get(heldKey(snapshot, query, { from, to })) ?? null;
  }

  /**
   * The gap; where it is not there, the LLM is asked, and waited for no longer than `LLM_WAIT_MS`. What keeps us from
   * levels of the LLM is an outcome, and no error.
   *
   * @throws OccupationNotFoundError, OccupationNotRatedError
   */
  async find(snapshot: ReleaseSnapshot, query: LlmGapQuery, requester: LlmGapRequester): Promise<LlmGapOutcome> {
    findRatedOccupations(snapshot, namedCodes(query));
    try {
      return { kind: 'llm', gap: await this.bring(snapshot, query, requester) };
    } catch (error) {
      if (error instanceof StillRunning) return { kind: 'waiting', job: error.job };
      return { kind: 'fallback', reason: hindranceIn(error) };
    }
  }

  private async bring(snapshot: ReleaseSnapshot, query: LlmGapQuery, requester: LlmGapRequester): Promise<LlmGap> {
    const wait = AbortSignal.timeout(this.config.llm.waitMs);
    const pair = await this.assessedPair(snapshot, query, requester, wait);
    const [from, to] = findRatedOccupations(snapshot, namedCodes(query));
    const bare: LlmGap = {
      ...assessedGap(snapshot.skills, pair.from, pair.to),
      from,
      to,
      fromAssessment: pair.from,
      toAssessment: pair.to,
      descriptions: null,
      missing: null,
    };
    const wanted = query.descriptions && bare.items.length > 0;
    const gap = wanted ? await this.described(bare, pair.outdated, requester, wait) : bare;
    if (gap.missing === null) this.held.set(heldKey(snapshot, query, pair), gap);
    return gap;
  }

  /** @throws LlmError, StillRunning */
  private async assessedPair(
    snapshot: ReleaseSnapshot,
    { from, to }: LlmGapQuery,
    requester: LlmGapRequester,
    wait: AbortSignal,
  ): Promise<AssessedPair> {
    const questions = [from, to].map((code) => this.assessments.question(snapshot, code));
    for (let round = 1; round <= MAX_ROUNDS; round++) {
      const found = await Promise.all(questions.map((question) => this.assessments.find(snapshot, question)));
      const [a = null, b = null] = found;
      // between the two looks the model may have changed
      if (a !== null && a.modelVersion === b?.modelVersion) return { from: a, to: b, outdated: null };
      const missing = questions.filter((_, index) => found[index] === null);
      try {
        await this.assess(missing, requester, wait);
      } catch (error) {
        return await this.olderPair(snapshot, questions, error);
      }
    }
    return this.olderPair(snapshot, questions, changedMeanwhile());
  }

  /** Has occupations assessed, and waits for it. @throws LlmError, StillRunning */
  private async assess(questions: readonly Question[], requester: LlmGapRequester, wait: AbortSignal): Promise<void> {
    for (const question of questions) await this.demandMayAsk(question, requester);
    const jobs = await Promise.all(
      [...new Set(questions.map(({ code }) => code))].map((code) => {
        const payload = { code, from: null };
        return this.request(ASSESS_OCCUPATION, payload, assessmentSubject(payload), requester);
      }),
    );
    for (const job of jobs) await this.until(job, wait);
  }

  /**
   * The newest assessments of both occupations by the same model, whichever that is: better what an earlier model has
   * said than nothing.
   *
   * @param hindrance why there are none by the model that answers now
   * @throws the hindrance, where there are no others either, or where the LLM is being asked
   */
  private async olderPair(
    snapshot: ReleaseSnapshot,
    questions: readonly Question[],
    hindrance: unknown,
  ): Promise<AssessedPair> {
    if (hindrance instanceof StillRunning) throw hindrance;
    const outdated = hindranceIn(hindrance);
    const [froms = [], tos = []] = await Promise.all(
      questions.map((question) => this.assessments.all(snapshot, question)),
    );
    for (const to of tos) {
      const from = froms.find(({ modelVersion }) => modelVersion === to.modelVersion);
      if (from !== undefined) return { from, to, outdated };
    }
    throw hindrance;
  }

  /** The gap with descriptions, or with the reason why there are none. @throws StillRunning */
  private async described(
    gap: LlmGap,
    outdated: LlmHindrance | null,
    requester: LlmGapRequester,
    wait: AbortSignal,
  ): Promise<LlmGap> {
    const payload = { from: gap.from.code, to: gap.to.code };
    const question = gapQuestion(gap.from, gap.to, gap.items);
    try {
      const stored = await this.descriptions(question);
      if (stored !== null) return { ...gap, descriptions: stored };
      // gaps are described on the levels of the model that answers now
      if (outdated !== null) return { ...gap, missing: outdated };
      await this.demandMayAsk(question, requester);
      await this.until(await this.request(DESCRIBE_GAP, payload, gapSubject(payload), requester), wait);
      const descriptions = await this.descriptions(question);
      if (descriptions !== null) return { ...gap, descriptions };
      throw changedMeanwhile();
    } catch (error) {
      if (error instanceof StillRunning) throw error;
      return { ...gap, missing: hindranceIn(error) };
    }
  }

  private async descriptions({ hash }: Question): Promise<GapDescriptions | null> {
    const [reply] = await this.store.acceptedReplies(hash);
    return reply === undefined
      ? null
      : { replyId: reply.replyId, texts: await this.store.gapDescriptions(reply.replyId) };
  }

  /** @throws LlmError where the LLM must not be asked */
  private async demandMayAsk(question: Question, { mayAsk }: LlmGapRequester): Promise<void> {
    const hindrance = await this.calls.hindrance(question);
    if (hindrance !== null) throw hindrance;
    if (!mayAsk) {
      throw new LlmError(
        'LLM_KEY_NEEDED',
        'The LLM has not been asked this yet; a request with an X-API-Key would ask it.',
      );
    }
  }

  private async request<Payload extends object, Result extends object>(
    definition: JobDefinition<Payload, Result>,
    payload: Payload,
    subject: string,
    { requestedBy, requestId }: LlmGapRequester,
  ): Promise<Job> {
    return (await this.jobs.request(definition, payload, { requestedBy, requestId, subject })).job;
  }

  /** Waits for a job to be done. @throws LlmError where it was not, StillRunning where it takes longer */
  private async until(job: Job, wait: AbortSignal): Promise<void> {
    const ended = await this.watcher.until(job, () => false, wait);
    if (ended === null) throw new StillRunning(job);
    if (ended.state === 'completed') return;
    const detail =
      ended.state === 'cancelled' ? 'An admin has cancelled the job that asked the LLM.' : ended.errorDetail;
    // a failed job has the code of the error that it failed with, whatever that was
    const code = LLM_ERROR_CODES.find((candidate) => candidate === ended.errorCode) ?? 'LLM_UNAVAILABLE';
    throw new LlmError(code, detail ?? 'The job that asked the LLM failed.');
  }
}

function changedMeanwhile(): LlmError {
  return new LlmError('LLM_UNAVAILABLE', 'The release or the model changed while the LLM was asked; ask again.');
}

function namedCodes({ from, to }: LlmGapQuery) {
  return [
    { parameter: 'from', code: from },
    { parameter: 'to', code: to },
  ] as const;
}

/** Replies are of one question each; the rest tells apart what else is in a gap. */
function heldKey(
  { release, edition }: ReleaseSnapshot,
  { descriptions }: LlmGapQuery,
  { from, to }: Pick<AssessedPair, 'from' | 'to'>,
): string {
  return [release.id, edition, from.replyId, to.replyId, descriptions].join(' ');
}

/** @throws the error, where it is none that a request for a gap may meet */
function hindranceIn(error: unknown): LlmHindrance {
  if (error instanceof LlmError) return { code: error.code, detail: error.forEverybody };
  if (isDatabaseUnavailable(error) || (error instanceof AppError && error.code === 'DATABASE_UNAVAILABLE')) {
    return { code: 'DATABASE_UNAVAILABLE', detail: STORE_AWAY };
  }
  throw error;
}
