import type { JobOutcome } from '@app/metrics';
import type { JobProgress } from './job-handler';

/** What an engine should do about a job that it had run. */
export type RunOutcome =
  | { readonly kind: 'over' }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** The work failed, and may be repeated after a pause. */
  | { readonly kind: 'repeat'; readonly pauseMs: number; readonly error: unknown }
  /** The work was not done, which is not its own fault. */
  | { readonly kind: 'later'; readonly pauseMs: number };

/** How the work of one attempt ended. */
export type AttemptOutcome =
  { readonly result: object; readonly progress: JobProgress | null } | { readonly error: unknown };

/** What was recorded of that, and what the engine should do. */
export interface Recorded {
  readonly ended: JobOutcome;
  readonly then: RunOutcome;
}

export const OVER: RunOutcome = { kind: 'over' };
/** Nothing of it was recorded: somebody else has begun it again. */
export const LOST: Recorded = { ended: 'lost', then: OVER };
