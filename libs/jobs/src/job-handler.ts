import { SetMetadata } from '@nestjs/common';
import type { JobDefinition } from './job-definition';

/** How far a job is; `total` is null where it is not known. */
export interface JobProgress {
  readonly stage: string;
  readonly done: number;
  readonly total: number | null;
}

/** The right to work on a job. It ends when somebody else begins a later attempt. */
export interface JobClaim {
  readonly jobId: string;
  readonly attempt: number;
}

/** One attempt of a job, as its handler sees it. */
export interface JobRun<Payload extends object = object, Result extends object = object> extends JobClaim {
  readonly payload: Payload;
  /** What an earlier attempt recorded with {@link recordResult} before its process died: its effect is there already. */
  readonly recordedResult: Result | null;
  /** Id of the request to the api that the job goes back to; null where there was none. */
  readonly requestId: string | null;
  /** Aborted when the job is cancelled, taken over, or handed back: the handler then stops at its next step. */
  readonly signal: AbortSignal;
  /** Cheap: it is written at most once a second. */
  readonly progress: (progress: JobProgress) => void;
}

/**
 * Does the work of a kind of job. A job may be delivered more than once, so that a handler can be run again after any of
 * its steps; effects that must not be repeated are bound to the attempt by {@link holdClaim}.
 */
export interface JobHandler<Payload extends object = object, Result extends object = object> {
  /**
   * @throws AppError, OperatorError for what no repetition would mend: the job fails
   * @throws Error for anything else: the job is repeated, as often as its definition allows
   */
  run(run: JobRun<Payload, Result>): Promise<Result>;
}

export const HANDLED_JOB = Symbol('HandledJob');

/** Makes a provider the handler of a kind of job. */
export function HandlesJob<Payload extends object, Result extends object>(
  definition: JobDefinition<Payload, Result>,
): (target: new (...dependencies: never[]) => JobHandler<Payload, Result>) => void {
  return SetMetadata(HANDLED_JOB, definition);
}
