import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorCode } from '@app/common';
import { createProblem, PROBLEM_MEDIA_TYPE } from './problem';

const FAULTS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['REQUEST_TIMEOUT', 'The request did not arrive completely in time.'],
  HPE_HEADER_OVERFLOW: ['HEADERS_TOO_LARGE', 'The headers of the request are larger than 16 KiB.'],
};

const NOT_HTTP = ['VALIDATION_FAILED', 'What arrived is no HTTP request.'] as const;

/** A client has that long to take the answer, in ms. */
const TAKES_WITHIN_MS = 2000;

/** Answers what could not be read as a request, and so never reaches a route, and closes the connection. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [code, detail] = FAULTS[error.code ?? ''] ?? NOT_HTTP;
  const problem = createProblem(code, detail, { id: randomUUID(), url: '/' });
  const body = JSON.stringify(problem);
  // what the client still sends, or does not, is not waited for
  setTimeout(() => socket.destroy(), TAKES_WITHIN_MS).unref();
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
      `X-Request-Id: ${problem.request_id}`,
      'X-Content-Type-Options: nosniff',
      `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
