import { AppError, OperatorError } from '@app/common';
import { isDatabaseUnavailable } from '@app/database';

/** Somebody asked for the end of the job. */
export class JobCancelledError extends Error {
  constructor(reason = 'The job was cancelled.') {
    super(reason);
  }
}

/** Another process runs the job now, or it is over: whatever this one still does must have no effect. */
export class JobLostError extends Error {
  constructor() {
    super('The job is not ours any more: another process has taken it over, or it has ended.');
  }
}

/** The process ends: the job goes back to the queue. */
export class JobHandedBackError extends Error {
  constructor() {
    super('The process that ran the job was told to end; the job goes back to the queue.');
  }
}

/** The job was begun over and over, and hardly any of its processes lived to tell how it ended. */
export class JobWornOutError extends OperatorError {
  override readonly code = 'TOO_MANY_ATTEMPTS';

  constructor(attempts: number) {
    super(
      `The job was begun ${attempts} times and never came to an end: it may be what ends its processes. ` +
        'Look into their logs, and ask for the same anew once that is mended.',
    );
  }
}

/** Why a job failed. */
export interface JobFailure {
  readonly code: string;
  /** For everybody. */
  readonly detail: string;
  /** As it was thrown; for admins. */
  readonly raw: string;
}

/** An error that the same work would meet again. */
export function isPermanent(error: unknown): boolean {
  if (isDatabaseUnavailable(error)) return false;
  return error instanceof AppError || (error instanceof OperatorError && !error.mayPass);
}

const MAX_RAW = 8000;

export function failureOf(error: unknown): JobFailure {
  const raw = (error instanceof Error ? (error.stack ?? error.message) : String(error)).slice(0, MAX_RAW);
  if (error instanceof AppError) return { code: error.code, detail: error.detail, raw };
  if (isDatabaseUnavailable(error)) {
    return { code: 'DATABASE_UNAVAILABLE', detail: 'The database went away while the job ran.', raw };
  }
  if (error instanceof OperatorError) return { code: error.code ?? 'JOB_FAILED', detail: error.forEverybody, raw };
  return { code: 'INTERNAL', detail: 'The job failed for a reason that is not its own; the log has it.', raw };
}
