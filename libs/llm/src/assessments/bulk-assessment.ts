import { defaultMaxListeners, setMaxListeners } from 'node:events';
import { JobCancelledError, type JobRun, type JobsService, type JobWatcher } from '@app/jobs';
import { pause, type OnetSocCode } from '@app/common';
import type { Job } from '@app/database';
import { LlmError, type LlmErrorCode } from '../llm-errors';
import { ASSESS_ONE_OF_MANY, assessmentSubject, LLM_BULK_QUEUE } from './assess-occupation.job';
import type { AssessAllPayload, AssessAllResult } from './assess-all.job';

/** Jobs asked for ahead: those that run, and as many that wait, so that the next is there when one ends. */
const AHEAD = 2 * LLM_BULK_QUEUE.concurrency;
/** Pauses in a row after which the LLM is thought to stay away. */
const MAX_PAUSES = 10;
/** Times that one occupation may find the LLM away while others are answered. */
const MAX_ALONE = 3;
/** While a process ends, whoever looks on is let go that long before those that work are told, at most. */
const ENDS_WITHIN_MS = 10_000;
/** Failures that are named; the others are counted. */
const MAX_NAMED = 100;

/** What it needs of others. */
export interface BulkServices {
  readonly jobs: Pick<JobsService, 'request' | 'cancel'>;
  readonly watcher: Pick<JobWatcher, 'until'>;
  /** Why the LLM must not be asked now, with when it may be; null where it may be. */
  readonly hindrance: () => Promise<LlmError | null>;
}

/** Errors that the next occupation would meet as well. */
const FOR_ALL: readonly string[] = [
  'LLM_NOT_CONFIGURED',
  'LLM_BUDGET_USED_UP',
  'LLM_REFUSED',
] satisfies readonly LlmErrorCode[];

/** Has many occupations assessed, each by a job of its own, so many at a time. */
export class BulkAssessment {
  private readonly failures: { code: OnetSocCode; detail: string }[] = [];
  private readonly mine = new Set<string>();
  private assessedBefore = 0;
  private failed = 0;
  private assessed = 0;
  private pauses = 0;
  private paused: Promise<void> | null = null;
  private ended: Error | null = null;
  /** Whoever waits need not wait any longer: the rest is given up. */
  private readonly stop = new AbortController();

  constructor(
    private readonly run: Pick<JobRun<AssessAllPayload>, 'jobId' | 'requestId' | 'signal' | 'progress'>,
    private readonly services: BulkServices,
    private readonly occupations: number,
    private readonly endsWithinMs = ENDS_WITHIN_MS,
  ) {}

  /**
   * @param missing occupations that are not assessed
   * @throws LlmError where the rest cannot be assessed now; the signal's reason
   */
  async assess(missing: readonly OnetSocCode[]): Promise<AssessAllResult> {
    // each lane has one, beside those of others; some versions of Node.js have no limit to add to (0), others warn of eleven
    setMaxListeners(defaultMaxListeners + AHEAD, this.run.signal);
    const todo = [...missing];
    this.assessedBefore = this.occupations - missing.length;
    this.report('assessing');
    const lane = async (): Promise<void> => {
      for (let code = todo.shift(); code !== undefined && this.ended === null; code = todo.shift()) {
        await this.one(code);
        this.report('assessing');
      }
    };
    const lanes = Array.from({ length: Math.min(AHEAD, missing.length) }, () =>
      lane().catch((error: unknown) => {
        this.ended ??= error instanceof Error ? error : new Error(String(error));
        this.stop.abort(this.ended);
      }),
    );
    await Promise.all(lanes);
    if (this.ended !== null) throw await this.givenUp(this.ended);
    const { assessed, assessedBefore, failed, failures, occupations } = this;
    return { occupations, assessed, assessedBefore, failed, failures: failures.slice(0, MAX_NAMED) };
  }

  /** @throws LlmError where no other occupation is worth to try; the signal's reason */
  private async one(code: OnetSocCode): Promise<void> {
    let alone = 0;
    for (;;) {
      await this.paused;
      this.run.signal.throwIfAborted();
      if (this.ended !== null) return;
      const assessedBefore = this.assessed;
      const ended = await this.byJob(code);
      if (ended.state === 'completed') {
        this.assessed++;
        this.pauses = 0;
        return;
      }
      const detail = ended.errorDetail ?? `The job was ${ended.state}.`;
      const errorCode = ended.errorCode ?? '';
      if (FOR_ALL.includes(errorCode)) throw new LlmError(errorCode as LlmErrorCode, detail);
      if (errorCode === 'LLM_UNAVAILABLE' && this.assessed > assessedBefore) alone++;
      if (errorCode !== 'LLM_UNAVAILABLE' || alone === MAX_ALONE) {
        this.failed++;
        this.failures.push({ code, detail });
        return;
      }
      // all lanes meet it; one pause is enough for all
      this.paused ??= this.waitOut(detail).finally(() => (this.paused = null));
      await this.paused;
    }
  }

  private async byJob(code: OnetSocCode): Promise<Job> {
    const payload = { code, from: null };
    const { jobId, requestId } = this.run;
    const requestedBy = `job ${jobId}`;
    const subject = assessmentSubject(payload);
    const request = { requestedBy, requestId, subject };
    const { job } = await this.services.jobs.request(ASSESS_ONE_OF_MANY, payload, request);
    // an earlier attempt may have asked for it
    if (job.requestedBy === requestedBy) this.mine.add(job.id);
    const ended = await this.services.watcher.until(job, () => false, this.run.signal);
    this.run.signal.throwIfAborted();
    if (ended === null) {
      await pause(this.endsWithinMs, this.run.signal);
      throw new Error(`The job ${job.id} is not there any more`);
    }
    this.mine.delete(job.id);
    return ended;
  }

  /** @throws LlmError where the LLM stays away */
  private async waitOut(detail: string): Promise<void> {
    if (++this.pauses > MAX_PAUSES) throw new LlmError('LLM_UNAVAILABLE', detail);
    const hindrance = await this.services.hindrance();
    if (hindrance === null) return;
    if (FOR_ALL.includes(hindrance.code)) throw hindrance;
    this.report('waiting');
    await pause(hindrance.retryAfterMs ?? 1000, AbortSignal.any([this.run.signal, this.stop.signal]));
  }

  private report(stage: string): void {
    this.run.progress({ stage, done: this.assessedBefore + this.assessed + this.failed, total: this.occupations });
  }

  private async givenUp(error: Error): Promise<Error> {
    // whoever goes on with this job joins those; who cancels it does not want them any more
    if (this.run.signal.reason instanceof JobCancelledError) {
      // one that has just ended needs no cancelling
      await Promise.all([...this.mine].map((id) => this.services.jobs.cancel(id).catch(() => undefined)));
    }
    if (!(error instanceof LlmError)) return error;
    const done = this.assessedBefore + this.assessed;
    return new LlmError(
      error.code,
      `${done} of ${this.occupations} occupations are assessed. ${error.message} Retry the job to go on from there.`,
      error.retryAfterMs,
    );
  }
}
