import { OperatorError } from '@app/common';

/** What kept us from an answer of the LLM. */
export type LlmErrorCode =
  /** There is no key. */
  | 'LLM_NOT_CONFIGURED'
  /** Our own limit for the day is used up. */
  | 'LLM_BUDGET_USED_UP'
  /** Whoever asks may not have the LLM called. */
  | 'LLM_KEY_NEEDED'
  /** The key or the model is not accepted. */
  | 'LLM_REFUSED'
  /** This very question is not one that the model takes, or that can be kept. */
  | 'LLM_QUESTION_REFUSED'
  /** It was not reached, did not answer in time, is overloaded, or has asked us to wait. */
  | 'LLM_UNAVAILABLE'
  /** It has answered, again and again, but not with what was asked for. */
  | 'LLM_REPLY_REJECTED';

/**
 * Any failure to get an answer from the LLM. The message is a sentence for operators: it never holds the key, and there is
 * never a cause, since errors of the client may carry it.
 */
export class LlmError extends OperatorError {
  override readonly code: LlmErrorCode;

  constructor(
    code: LlmErrorCode,
    message: string,
    /** When it may be worth to ask again, in ms from now; null where that is not known. */
    readonly retryAfterMs: number | null = null,
    /** Without what only the operator should learn. */
    forEverybody: string = message,
  ) {
    super(message, { forEverybody });
    this.code = code;
  }
}

/** Every code, for who has to tell them from others. */
export const LLM_ERROR_CODES = [
  'LLM_NOT_CONFIGURED',
  'LLM_BUDGET_USED_UP',
  'LLM_KEY_NEEDED',
  'LLM_REFUSED',
  'LLM_QUESTION_REFUSED',
  'LLM_UNAVAILABLE',
  'LLM_REPLY_REJECTED',
] as const satisfies readonly LlmErrorCode[];

/** What clients are told while what is stored cannot be read. */
export const STORE_AWAY = 'What the LLM has said is kept in the database, which is away.';

/** There is no key. */
export function notConfigured(): LlmError {
  return new LlmError('LLM_NOT_CONFIGURED', 'The LLM is not configured: GEMINI_API_KEY is not set.');
}
