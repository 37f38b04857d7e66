/**
 * Stable codes of the errors a client can meet. Each has exactly one HTTP status (apps/api/src/http/problem-status.ts).
 */
export type ErrorCode =
  | 'VALIDATION_FAILED'
  | 'NOT_FOUND'
  | 'OCCUPATION_NOT_FOUND'
  | 'OCCUPATION_NOT_RATED'
  | 'CONFLICT'
  | 'PAYLOAD_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'REQUEST_TIMEOUT'
  | 'HEADERS_TOO_LARGE'
  | 'NOT_READY'
  | 'DATABASE_UNAVAILABLE'
  | 'INTERNAL';

/** One faulty parameter of a request and what would have been right. */
export interface ParameterError {
  readonly parameter: string;
  readonly message: string;
}

/** An error that is part of the contract: `detail` is written for the client and may be shown as it is. */
export class AppError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
    readonly errors: readonly ParameterError[] = [],
    options?: ErrorOptions,
  ) {
    super(detail, options);
    this.name = new.target.name;
  }
}

/**
 * An error whose message is the whole story for the person at the terminal: it is printed as one sentence, without a
 * stack, and ends the process with a non-zero code.
 */
export class OperatorError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
