import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { AppError, type ErrorCode, type ParameterError } from '@app/common';
import { setDataHeaders } from './answer-headers';
import {
  codeOfStatus,
  createProblem,
  MAX_BODY_BYTES,
  PROBLEM_MEDIA_TYPE,
  PROBLEM_STATUS,
  RETRY_AFTER_SECONDS,
} from './problem';

interface ClientError {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly errors?: readonly ParameterError[];
  readonly jobId?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

const INTERNAL: ClientError = {
  code: 'INTERNAL',
  detail: 'The request failed for a reason that is not its own. The request id helps to find it in the log.',
};

/** Turns whatever was thrown into a problem document; the only place that does. */
@Catch()
export class ProblemDetailsFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.send(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Also for errors that the HTTP server meets before a route is found. */
  send(error: unknown, request: Pick<FastifyRequest, 'id' | 'url'>, reply: FastifyReply): void {
    const { code, detail, errors, jobId, retryAfterSeconds = RETRY_AFTER_SECONDS } = asClientError(error);
    if (PROBLEM_STATUS[code] === 500) this.logger.error({ request_id: request.id, err: error }, 'Request failed');
    const problem = createProblem(code, detail, request, errors, jobId);
    if (problem.status === 503 || problem.status === 429) void reply.header('retry-after', retryAfterSeconds);
    // errors that are met before a route is found do not pass the hooks that set these
    setDataHeaders(reply);
    void reply
      .header('x-request-id', request.id)
      .status(problem.status)
      .type(PROBLEM_MEDIA_TYPE)
      .send(JSON.stringify(problem));
  }
}

function asClientError(error: unknown): ClientError {
  if (error instanceof AppError) return error;
  if (error instanceof HttpException) return fromStatus(error.getStatus(), error.message);
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') {
    return fromStatus(error.statusCode, error.message);
  }
  return INTERNAL;
}

function fromStatus(status: number, message: string): ClientError {
  const code = codeOfStatus(status);
  if (code === 'UNSUPPORTED_MEDIA_TYPE') {
    const given = '"content-type" must be application/json where there is a body';
    return { code, detail: `${given}.`, errors: [{ parameter: 'content-type', message: given }] };
  }
  if (code === 'PAYLOAD_TOO_LARGE') {
    const limit = `The body must have at most ${MAX_BODY_BYTES} bytes`;
    return { code, detail: `${limit}.`, errors: [{ pointer: '', message: limit }] };
  }
  return code === 'INTERNAL' ? INTERNAL : { code, detail: `${message.replace(/\.$/, '')}.` };
}
