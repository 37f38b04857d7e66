import { createHash } from 'node:crypto';
import type { OnetSocCode } from '@app/common';
import type { LlmRequestKind } from '@app/database';
import type { LlmQuestion } from '../provider/llm-provider';
import { toJsonSchema } from '../replies/reply-schema';

/** A question with what it is about, and its hash: the same question need not be asked twice. */
export interface Question extends LlmQuestion {
  readonly kind: LlmRequestKind;
  readonly code: OnetSocCode;
  /** The other occupation, where there is one. */
  readonly fromCode: OnetSocCode | null;
  /** Of the template that the prompt was made with. */
  readonly promptVersion: string;
  /** SHA-256 of all that the model is given, in hex. */
  readonly hash: string;
}

/** Completes a question with its hash. */
export function hashed(question: Omit<Question, 'hash'>): Question {
  const { instruction, prompt, schema } = question;
  const given = JSON.stringify([instruction, prompt, toJsonSchema(schema)]);
  return { ...question, hash: createHash('sha256').update(given).digest('hex') };
}
