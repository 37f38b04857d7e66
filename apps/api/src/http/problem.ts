import type { ErrorCode, ParameterError } from '@app/common';
import { pathOf } from './request-path';

/** The HTTP status of every error code; a code without one does not compile. */
export const PROBLEM_STATUS = {
  VALIDATION_FAILED: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  OCCUPATION_NOT_FOUND: 404,
  OCCUPATION_NOT_RATED: 422,
  CONFLICT: 409,
  PAYLOAD_TOO_LARGE: 413,
  URI_TOO_LONG: 414,
  UNSUPPORTED_MEDIA_TYPE: 415,
  REQUEST_TIMEOUT: 408,
  HEADERS_TOO_LARGE: 431,
  RATE_LIMITED: 429,
  ONET_UNAVAILABLE: 503,
  LLM_UNAVAILABLE: 503,
  NOT_READY: 503,
  OVERLOADED: 503,
  DATABASE_UNAVAILABLE: 503,
  INTERNAL: 500,
} as const satisfies Record<ErrorCode, number>;

/** What a code means, in few words, the same for every occurrence. */
export const PROBLEM_TITLE = {
  VALIDATION_FAILED: 'The request is not valid',
  UNAUTHENTICATED: 'The request needs a key',
  FORBIDDEN: 'The key does not open this',
  NOT_FOUND: 'There is no such resource',
  OCCUPATION_NOT_FOUND: 'There is no such occupation',
  OCCUPATION_NOT_RATED: 'The occupation has no skill ratings',
  CONFLICT: 'The request does not fit the present state',
  PAYLOAD_TOO_LARGE: 'The request body is too large',
  URI_TOO_LONG: 'The URL of the request is too long',
  UNSUPPORTED_MEDIA_TYPE: 'The media type of the request is not supported',
  REQUEST_TIMEOUT: 'The request did not arrive in time',
  HEADERS_TOO_LARGE: 'The headers of the request are too large',
  RATE_LIMITED: 'Too many requests',
  ONET_UNAVAILABLE: 'The O*NET Web Services are not available',
  LLM_UNAVAILABLE: 'The LLM is not available',
  NOT_READY: 'The service is not ready',
  OVERLOADED: 'The service is overloaded',
  DATABASE_UNAVAILABLE: 'The database is not available',
  INTERNAL: 'Something went wrong on our side',
} as const satisfies Record<ErrorCode, string>;

/** Media type of RFC 9457. */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json; charset=utf-8';

export const PROBLEM_TYPE_PREFIX = 'urn:problem:';

/** Seconds after which a client may ask again when the service is not ready, or has too much to do. */
export const RETRY_AFTER_SECONDS = 5;

/** A request body may have that many bytes. */
export const MAX_BODY_BYTES = 64 * 1024;

/** An error as it goes over the wire (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: ErrorCode;
  readonly request_id: string;
  readonly errors?: readonly ParameterError[];
  readonly job_id?: string;
}

/** @param instance path of the request, without its query */
export function createProblem(
  code: ErrorCode,
  detail: string,
  request: { readonly id: string; readonly url: string },
  errors: readonly ParameterError[] = [],
  jobId?: string,
): Problem {
  return {
    type: `${PROBLEM_TYPE_PREFIX}${code.toLowerCase().replaceAll('_', '-')}`,
    title: PROBLEM_TITLE[code],
    status: PROBLEM_STATUS[code],
    detail,
    instance: pathOf(request.url),
    code,
    request_id: request.id,
    ...(errors.length === 0 ? {} : { errors }),
    ...(jobId === undefined ? {} : { job_id: jobId }),
  };
}

/** The code for a status that a library chose. */
export function codeOfStatus(status: number): ErrorCode {
  if (status === 404 || status === 405) return 'NOT_FOUND';
  if (status === 413) return 'PAYLOAD_TOO_LARGE';
  if (status === 415) return 'UNSUPPORTED_MEDIA_TYPE';
  if (status === 503) return 'NOT_READY';
  return status >= 400 && status < 500 ? 'VALIDATION_FAILED' : 'INTERNAL';
}
