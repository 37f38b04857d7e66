import { type Answer, jsonAnswer } from '../stubs/answers';

/** The name that goes with a status, as in `google.rpc.Code`. */
const NAMES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

export function errorAnswer(status: number, message: string, details: readonly object[] = []): Answer {
  const error = { code: status, message, status: NAMES[status] ?? 'UNKNOWN' };
  return jsonAnswer(status, { error: details.length === 0 ? error : { ...error, details } });
}

/** @param retryDelay a duration in the way of protobuf, such as "7s" */
export function retryInfo(retryDelay: string): object {
  return { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay };
}

export function invalidKeyAnswer(): Answer {
  const message = 'API key not valid. Please pass a valid API key.';
  return errorAnswer(400, message, [
    {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'API_KEY_INVALID',
      domain: 'googleapis.com',
      metadata: { service: 'generativelanguage.googleapis.com' },
    },
    { '@type': 'type.googleapis.com/google.rpc.LocalizedMessage', locale: 'en-US', message },
  ]);
}

/** What is wrong with one field of a request. */
export interface FieldViolation {
  /** Path of the field, in the snake case of protobuf. */
  readonly field: string;
  readonly description: string;
}

/** A request that Gemini does not take: status 400. */
export class InvalidArgument extends Error {
  override readonly name = 'InvalidArgument';
  readonly violations: readonly FieldViolation[];

  private constructor(message: string, violations: readonly FieldViolation[]) {
    super(message);
    this.violations = violations;
  }

  /** What cannot be read: unknown names, values of another type. */
  static payload(violations: readonly FieldViolation[]): InvalidArgument {
    return new InvalidArgument(violations.map(({ description }) => description).join('\n'), violations);
  }

  /** What can be read and makes no sense; Gemini lists it, and gives no details. */
  static request(violations: readonly FieldViolation[]): InvalidArgument {
    const lines = violations.map(({ field, description }) => `* GenerateContentRequest.${field}: ${description}\n`);
    return new InvalidArgument(lines.join(''), []);
  }

  get answer(): Answer {
    const details = { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: this.violations };
    return errorAnswer(400, this.message, this.violations.length === 0 ? [] : [details]);
  }
}
