import { createHash } from 'node:crypto';
import type { OnetSocCode } from '@app/common';
import { JobDefinition } from '@app/jobs';

export interface AssessAllPayload {
  /** Null for all rated occupations. */
  readonly codes: readonly OnetSocCode[] | null;
}

export interface AssessAllResult {
  readonly occupations: number;
  /** Of these, those that were assessed by this job. */
  readonly assessed: number;
  /** Those that were assessed before it. */
  readonly assessedBefore: number;
  /** How many could not be assessed. */
  readonly failed: number;
  /** The first of them, and why. */
  readonly failures: readonly { readonly code: OnetSocCode; readonly detail: string }[];
}

/** Has the LLM assess all occupations, or those given, as far as it has not. */
export const ASSESS_ALL = new JobDefinition<AssessAllPayload, AssessAllResult>({
  name: 'assess-all',
  // of its own: it waits for jobs of another queue
  queue: 'llm-plans',
  attempts: 2,
  backoffMs: 5000,
});

/** What two requests for the same have in common. */
export function assessAllSubject({ codes }: AssessAllPayload): string {
  if (codes === null) return 'assess all';
  return `assess ${createHash('sha256').update(codes.join()).digest('hex').slice(0, 32)}`;
}
