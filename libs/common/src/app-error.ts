/**
 * Stable codes of the errors a client can meet. Each has exactly one HTTP status (apps/api/src/http/problem.ts).
 */
export type ErrorCode =
  | 'VALIDATION_FAILED'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'OCCUPATION_NOT_FOUND'
  | 'OCCUPATION_NOT_RATED'
  | 'CONFLICT'
  | 'PAYLOAD_TOO_LARGE'
  | 'URI_TOO_LONG'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'REQUEST_TIMEOUT'
  | 'HEADERS_TOO_LARGE'
  | 'RATE_LIMITED'
  | 'ONET_UNAVAILABLE'
  | 'LLM_UNAVAILABLE'
  | 'NOT_READY'
  | 'OVERLOADED'
  | 'DATABASE_UNAVAILABLE'
  | 'INTERNAL';

/** One faulty part of a request and what would have been right. */
export type ParameterError =
  | { readonly parameter: string; readonly message: string }
  /** JSON pointer (RFC 6901) into the body. */
  | { readonly pointer: string; readonly message: string };

export interface AppErrorOptions extends ErrorOptions {
  /** Id of the job that stands in the way. */
  readonly jobId?: string;
  /** When the same request may work, in seconds from now. */
  readonly retryAfterSeconds?: number;
}

/** An error that is part of the contract: `detail` is written for the client and may be shown as it is. */
export class AppError extends Error {
  readonly jobId: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
    readonly errors: readonly ParameterError[] = [],
    options: AppErrorOptions = {},
  ) {
    super(detail, options);
    this.name = new.target.name;
    this.jobId = options.jobId;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

export interface OperatorErrorOptions extends ErrorOptions {
  /** What others than the operator may be told; by default the message. */
  readonly forEverybody?: string;
  /** Whether the same may work a little later. */
  readonly mayPass?: boolean;
}

/**
 * An error whose message is the whole story for the person at the terminal: it is printed as one sentence, without a
 * stack, and ends the process with a non-zero code.
 */
export class OperatorError extends Error {
  /** Stable code, where programs may want to tell the error from others. */
  readonly code: string | undefined = undefined;

  /** The message, without what only the operator should learn, such as where on the machine a file lies. */
  readonly forEverybody: string;

  /** Whether the same may work a little later; else no repetition would mend it. */
  readonly mayPass: boolean;

  constructor(message: string, options: OperatorErrorOptions = {}) {
    super(message, options);
    this.name = new.target.name;
    this.forEverybody = options.forEverybody ?? message;
    this.mayPass = options.mayPass ?? false;
  }
}
