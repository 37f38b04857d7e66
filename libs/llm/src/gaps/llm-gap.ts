import type { Job } from '@app/database';
import type { OnetSocCode } from '@app/common';
import type { SnapshotOccupation } from '@app/occupations';
import type { Assessment } from '../assessments/assessment';
import type { AssessedGap } from './assessed-gap';

/** Which gap is asked for. */
export interface LlmGapQuery {
  readonly from: OnetSocCode;
  readonly to: OnetSocCode;
  /** Whether each gap is to be described as well, which takes a further call. */
  readonly descriptions: boolean;
}

/** Somebody who asks for a gap that may not be there yet. */
export interface LlmGapRequester {
  /** For admins to see. */
  readonly requestedBy: string;
  /** Id of the request to the api. */
  readonly requestId: string;
  /** Whether the LLM may be called for them. */
  readonly mayAsk: boolean;
}

/** Why something of the LLM is missing. */
export interface LlmHindrance {
  /** Stable code. */
  readonly code: string;
  /** One sentence for everybody. */
  readonly detail: string;
}

/** Descriptions of a gap, by element id. */
export interface GapDescriptions {
  readonly replyId: number;
  readonly texts: ReadonlyMap<string, string>;
}

/** A gap on the LLM's levels. */
export interface LlmGap extends AssessedGap {
  readonly from: SnapshotOccupation;
  readonly to: SnapshotOccupation;
  readonly fromAssessment: Assessment;
  readonly toAssessment: Assessment;
  /** Null where they were not asked for, are not needed, or are missing. */
  readonly descriptions: GapDescriptions | null;
  /** Why descriptions are missing; null where they are not. */
  readonly missing: LlmHindrance | null;
}

/** What became of a request for a gap. */
export type LlmGapOutcome =
  | { readonly kind: 'llm'; readonly gap: LlmGap }
  /** There are no levels of the LLM to be had now. */
  | { readonly kind: 'fallback'; readonly reason: LlmHindrance }
  /** This job is still at it. */
  | { readonly kind: 'waiting'; readonly job: Job };
