import type { OnetSocCode } from '@app/common';
import { JobDefinition } from '@app/jobs';
import { ATTEMPTS, LLM_QUEUE } from '../assessments/assess-occupation.job';

export interface DescribeGapPayload {
  readonly from: OnetSocCode;
  readonly to: OnetSocCode;
}

export interface DescribeGapResult {
  /** Null where there is no gap to describe. */
  readonly replyId: number | null;
  /** Whether it was there already. */
  readonly stored: boolean;
}

/** Has the LLM describe the gap between two occupations that it has assessed, unless it has. */
export const DESCRIBE_GAP = new JobDefinition<DescribeGapPayload, DescribeGapResult>({
  name: 'describe-gap',
  ...LLM_QUEUE,
  ...ATTEMPTS,
});

/** What two requests for the same description have in common. */
export function gapSubject({ from, to }: DescribeGapPayload): string {
  return `gap ${from} ${to}`;
}
