import type { ReplySchema } from '../replies/reply-schema';

/** A question to the LLM: the same question has the same text and the same schema. */
export interface LlmQuestion {
  /** What the model is and how it is to answer. */
  readonly instruction: string;
  readonly prompt: string;
  /** What the reply must look like. */
  readonly schema: ReplySchema;
}

/** What came back, however useful. */
export interface LlmAnswer {
  /** The text, unread; null where there is none. */
  readonly text: string | null;
  /** Why the text is missing or not whole; null where the model came to its end. */
  readonly fault: string | null;
  /** The model that answered, by its own word; null where it does not say. */
  readonly modelVersion: string | null;
  readonly promptTokens: number | null;
  /** With what the model thought to itself. */
  readonly replyTokens: number | null;
}

/** Why there was no answer. */
export type LlmFailureKind =
  /** No question will be answered: the key or the model is not accepted. */
  | 'refused'
  /** Asking this question again will not help. */
  | 'question-refused'
  /** It may help, later. */
  | 'unavailable'
  /** As unavailable, after a long wait. */
  | 'timeout';

/** There was no answer. The message is a sentence for operators. */
export class LlmCallError extends Error {
  constructor(
    readonly kind: LlmFailureKind,
    message: string,
    /** How long the LLM wants to be left alone, in ms; null where it did not say. */
    readonly retryAfterMs: number | null = null,
    /** The sentence without what only the operator should learn. */
    readonly forEverybody: string = message,
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** The one way to a large language model. */
export abstract class LlmProvider {
  /** Name of the model as it is asked for. */
  abstract readonly model: string;

  /**
   * Asks once.
   *
   * @throws LlmCallError where there is no answer; the signal's reason once that is aborted
   */
  abstract ask(question: LlmQuestion, signal: AbortSignal): Promise<LlmAnswer>;
}
