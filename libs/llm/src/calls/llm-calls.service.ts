import { Inject, Injectable, Optional } from '@nestjs/common';
import { pause } from '@app/common';
import { isDatabaseUnavailable } from '@app/database';
import { Metrics } from '@app/metrics';
import { LlmError, notConfigured, type LlmErrorCode } from '../llm-errors';
import type { Question } from '../prompts/question';
import { LlmCallError, LlmProvider, type LlmAnswer, type LlmFailureKind } from '../provider/llm-provider';
import { schemaFault, type ReadReply } from '../replies/read-reply';
import {
  LlmStore,
  MAX_KEPT_BYTES,
  promptOf,
  type AcceptedReply,
  type MadeCall,
  type UnderstoodReply,
} from '../store/llm-store.service';
import { LlmBudget } from './llm-budget';
import { LlmPause } from './llm-pause';

/** Replies to one question that may be of no use before it is given up. */
const MAX_REJECTED = 3;
/** How long a question that was given up is not asked again. */
const REJECTED_PAUSE_MS = 60_000;

/** Calls without an answer before the LLM is left alone. */
const MAX_CALLS = 3;
/** Pause before the second call; doubled before the third, and each up to half as long again. */
const FIRST_BACKOFF_MS = 1000;
/** A longer pause than this is for the others, too. */
const LONGEST_BACKOFF_MS = 8000;

/** How often, and how far apart, it is tried to keep what came of a call while the database is away. */
const KEEP_TRIES = 60;
const KEEP_PAUSE_MS = 1000;

const CODES = {
  refused: 'LLM_REFUSED',
  'question-refused': 'LLM_QUESTION_REFUSED',
  unavailable: 'LLM_UNAVAILABLE',
  timeout: 'LLM_UNAVAILABLE',
} as const satisfies Record<LlmFailureKind, LlmErrorCode>;

/** Who asks, and for how long. */
export interface Asking {
  readonly jobId: string | null;
  readonly signal: AbortSignal;
}

/** Asks the LLM, within what is allowed, until there is a reply that can be used, and keeps all that comes of it. */
@Injectable()
export class LlmCalls {
  constructor(
    @Optional() @Inject(LlmProvider) private readonly provider: LlmProvider | null,
    private readonly store: LlmStore,
    private readonly budget: LlmBudget,
    private readonly pauses: LlmPause,
    private readonly metrics: Metrics,
  ) {}

  /** Whether there is anybody to ask. */
  get configured(): boolean {
    return this.provider !== null;
  }

  /** Why a question cannot be asked now, as far as is known beforehand; null where it can. */
  async hindrance(question: Pick<Question, 'hash'> | null): Promise<LlmError | null> {
    if (this.provider === null) return notConfigured();
    const hindrance = (await this.pauses.current()) ?? (await this.budget.exhausted());
    if (hindrance !== null || question === null) return hindrance;
    const lately = await this.store.rejections(question.hash, REJECTED_PAUSE_MS);
    return lately < MAX_REJECTED ? null : rejected('that was a moment ago');
  }

  /**
   * Asks a question, up to three times where the reply cannot be used.
   *
   * @param read understands the text of a reply, or says why it cannot be used
   * @throws LlmError; the signal's reason; the error of the database where it is away
   */
  async ask<T extends UnderstoodReply>(
    question: Question,
    read: (text: string) => ReadReply<T>,
    asking: Asking,
  ): Promise<{ readonly reply: AcceptedReply; readonly value: T }> {
    const { provider } = this;
    if (provider === null) throw notConfigured();
    demandAskable(question);
    // those that came before the process of an earlier attempt died count as well
    let rejections = asking.jobId === null ? 0 : await this.store.rejectionsOfJob(question.hash, asking.jobId);
    let fault = 'what they were is on record';
    while (rejections < MAX_REJECTED) {
      const { answer, latencyMs } = await this.call(provider, question, asking);
      const understood = understand(answer, read);
      this.count(question, 'value' in understood ? 'accepted' : 'rejected', latencyMs, answer);
      const call = { jobId: asking.jobId, answer, latencyMs };
      if ('value' in understood) {
        const { value } = understood;
        const accepted = { ...call, outcome: 'accepted' as const, reason: null };
        return { reply: await this.keep(question, provider.model, accepted, value, asking.signal), value };
      }
      fault = understood.fault;
      const unusable = { ...call, outcome: 'rejected' as const, reason: fault };
      await this.keep(question, provider.model, unusable, null, asking.signal);
      rejections++;
    }
    throw rejected(fault);
  }

  /** Gets an answer, with pauses between calls that had none. */
  private async call(
    provider: LlmProvider,
    question: Question,
    { jobId, signal }: Asking,
  ): Promise<{ readonly answer: LlmAnswer; readonly latencyMs: number }> {
    for (let calls = 1; ; calls++) {
      await this.demandNoPause();
      await this.budget.take(signal);
      // it may have taken a while until its turn came
      await this.demandNoPause();
      const begunAt = performance.now();
      const latency = (): number => Math.round(performance.now() - begunAt);
      try {
        return { answer: await provider.ask(question, signal), latencyMs: latency() };
      } catch (error) {
        if (!(error instanceof LlmCallError)) throw error;
        this.count(question, 'failed', latency(), null);
        const failed = { jobId, outcome: 'failed', reason: error.message, answer: null, latencyMs: latency() } as const;
        await this.keep(question, provider.model, failed, null, signal);
        const backoffMs = backoffBefore(error, calls, Math.random());
        if (backoffMs === null) throw await this.giveUp(error);
        await pause(backoffMs, signal);
      }
    }
  }

  private count(
    { kind }: Question,
    outcome: 'accepted' | 'rejected' | 'failed',
    latencyMs: number,
    answer: LlmAnswer | null,
  ): void {
    const tokens = { promptTokens: answer?.promptTokens ?? 0, replyTokens: answer?.replyTokens ?? 0 };
    this.metrics.llmCalled({ kind, outcome, seconds: latencyMs / 1000, ...tokens });
  }

  /** @throws LlmError while the LLM is left alone */
  private async demandNoPause(): Promise<void> {
    const paused = await this.pauses.current();
    if (paused !== null) throw paused;
  }

  private async giveUp({ kind, message, forEverybody, retryAfterMs }: LlmCallError): Promise<LlmError> {
    const forMs = await this.pauses.begin(forEverybody, kind === 'refused', retryAfterMs);
    this.metrics.llmPaused();
    return new LlmError(CODES[kind], message, forMs, forEverybody);
  }

  /** Tries for a while: what came of a call has been paid for. */
  private async keep(
    question: Question,
    model: string,
    call: MadeCall,
    understood: UnderstoodReply | null,
    signal: AbortSignal,
  ): Promise<AcceptedReply> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.store.record(question, model, call, understood);
      } catch (error) {
        if (!isDatabaseUnavailable(error) || tries === KEEP_TRIES) throw error;
        await pause(KEEP_PAUSE_MS, signal);
      }
    }
  }
}

/**
 * How long to wait before another call, in ms; null where there should be none now.
 *
 * @param calls how many there were without an answer
 * @param random from 0 to 1, so that many who failed together do not come back together
 */
export function backoffBefore({ kind, retryAfterMs }: LlmCallError, calls: number, random: number): number | null {
  if (kind !== 'unavailable' || calls >= MAX_CALLS) return null;
  const backoffMs = Math.max(FIRST_BACKOFF_MS * 2 ** (calls - 1) * (1 + random / 2), retryAfterMs ?? 0);
  return backoffMs > LONGEST_BACKOFF_MS ? null : backoffMs;
}

/** @throws LlmError where the prompt could not be kept whole, or no reply could be checked */
function demandAskable(question: Question): void {
  const bytes = Buffer.byteLength(promptOf(question));
  if (bytes > MAX_KEPT_BYTES) {
    throw new LlmError(
      'LLM_QUESTION_REFUSED',
      `The question is too long to be asked: ${bytes} bytes, where ${MAX_KEPT_BYTES} can be kept on record.`,
    );
  }
  const fault = schemaFault(question.schema);
  if (fault !== null) throw new LlmError('LLM_QUESTION_REFUSED', `The question cannot be asked: ${fault}`);
}

function understand<T extends UnderstoodReply>(
  { text, fault }: LlmAnswer,
  read: (text: string) => ReadReply<T>,
): ReadReply<T> {
  if (fault !== null) return { fault };
  if (text === null) return { fault: 'The reply is empty.' };
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_KEPT_BYTES) return { fault: `The reply is too long: ${bytes} bytes, of which the first are kept.` };
  return read(text);
}

function rejected(what: string): LlmError {
  return new LlmError(
    'LLM_REPLY_REJECTED',
    `The LLM did not reply with what it was asked for, ${MAX_REJECTED} times: ${what.replace(/\.$/, '')}.`,
    REJECTED_PAUSE_MS,
  );
}
