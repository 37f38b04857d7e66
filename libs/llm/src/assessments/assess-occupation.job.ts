import type { OnetSocCode } from '@app/common';
import { JobDefinition } from '@app/jobs';

export interface AssessOccupationPayload {
  readonly code: OnetSocCode;
  /** Occupation in whose light the explanations are to be; such an assessment is kept apart. */
  readonly from: OnetSocCode | null;
}

export interface AssessOccupationResult {
  readonly replyId: number;
  readonly modelVersion: string;
  /** Whether it was there already. */
  readonly stored: boolean;
}

/** Jobs that ask the LLM wait for it most of the time. */
export const LLM_QUEUE = { queue: 'llm', concurrency: 8 } as const;

/** The same for those that nobody waits for, so that they are not in anybody's way. */
export const LLM_BULK_QUEUE = { queue: 'llm-bulk', concurrency: 8 } as const;

/** What the LLM does wrong is dealt with inside; this is for what nobody has thought of. */
export const ATTEMPTS = { attempts: 3, backoffMs: 1000 } as const;

/** Has the LLM assess one occupation, unless it has. */
export const ASSESS_OCCUPATION = new JobDefinition<AssessOccupationPayload, AssessOccupationResult>({
  name: 'assess-occupation',
  ...LLM_QUEUE,
  ...ATTEMPTS,
});

/** The same as one of many. */
export const ASSESS_ONE_OF_MANY = new JobDefinition<AssessOccupationPayload, AssessOccupationResult>({
  name: 'assess-one-of-many',
  ...LLM_BULK_QUEUE,
  ...ATTEMPTS,
});

/** What two requests for the same assessment have in common. */
export function assessmentSubject({ code, from }: AssessOccupationPayload): string {
  return from === null ? `assessment ${code}` : `assessment ${code} from ${from}`;
}
