import { NotFoundException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import pino from 'pino';
import { AppError } from '@app/common';
import type { Problem } from './problem';
import { ProblemDetailsFilter } from './problem-details.filter';

/** What a client would receive for an error, and what the log would say. */
function answerTo(error: unknown): { problem: Problem; headers: Record<string, unknown>; log: string } {
  const lines: string[] = [];
  const logger = pino({ level: 'error' }, { write: (line: string) => void lines.push(line) });
  const headers: Record<string, unknown> = {};
  let body = '';
  const reply = {
    header(name: string, value: unknown) {
      headers[name] = value;
      return reply;
    },
    headers(values: Record<string, unknown>) {
      Object.assign(headers, values);
      return reply;
    },
    status(code: number) {
      headers['status'] = code;
      return reply;
    },
    type(value: string) {
      headers['content-type'] = value;
      return reply;
    },
    send(text: string) {
      body = text;
      return reply;
    },
  };
  const request = { id: 'request-1', url: '/api/v1/skill-gap?from=x' } as FastifyRequest;
  new ProblemDetailsFilter(logger).send(error, request, reply as unknown as FastifyReply);
  return { problem: JSON.parse(body) as Problem, headers, log: lines.join('') };
}

const SECRET = "SELECT password FROM users WHERE name = 'root'";

describe('ProblemDetailsFilter', () => {
  it('answers an unexpected error with 500 and none of its text', () => {
    const { problem, headers } = answerTo(new Error(SECRET));

    expect(headers['status']).toBe(500);
    expect(problem).toMatchObject({ status: 500, code: 'INTERNAL', request_id: 'request-1' });
    expect(JSON.stringify(problem)).not.toContain('password');
  });

  it('writes an unexpected error to the log, with the id of the request', () => {
    const { log } = answerTo(new Error(SECRET));

    expect(JSON.parse(log)).toMatchObject({ request_id: 'request-1', err: { message: SECRET } });
  });

  it('does not pass on the text of an error of 500 that a library made', () => {
    const { problem } = answerTo(Object.assign(new Error(SECRET), { statusCode: 500 }));

    expect(problem.code).toBe('INTERNAL');
    expect(JSON.stringify(problem)).not.toContain('password');
  });

  it('answers something thrown that is no error with 500', () => {
    expect(answerTo('oops').problem).toMatchObject({ status: 500, code: 'INTERNAL' });
  });

  it('passes on the detail and the parameters of an error of the contract, and logs nothing', () => {
    const errors = [{ parameter: 'to', message: 'is unknown' }];
    const { problem, headers, log } = answerTo(new AppError('OCCUPATION_NOT_FOUND', 'No such occupation.', errors));

    expect(problem).toEqual({
      type: 'urn:problem:occupation-not-found',
      title: 'There is no such occupation',
      status: 404,
      detail: 'No such occupation.',
      instance: '/api/v1/skill-gap',
      code: 'OCCUPATION_NOT_FOUND',
      request_id: 'request-1',
      errors,
    });
    expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(log).toBe('');
  });

  it('says when to ask again where the service is not ready', () => {
    expect(answerTo(new AppError('NOT_READY', 'Not yet.')).headers['retry-after']).toBe(5);
  });

  it.each([
    [404, 'NOT_FOUND'],
    [400, 'VALIDATION_FAILED'],
  ])('gives an error of %i that the server made the code %s', (statusCode, code) => {
    const { problem } = answerTo(Object.assign(new Error('made by the server'), { statusCode }));

    expect(problem).toMatchObject({ code, detail: 'made by the server.' });
  });

  it('says how large a body may be', () => {
    const { problem } = answerTo(Object.assign(new Error('made by the server'), { statusCode: 413 }));

    const message = 'The body must have at most 65536 bytes';
    expect(problem).toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
      detail: `${message}.`,
      errors: [{ pointer: '', message }],
    });
  });

  it('says which media type a body must have', () => {
    const { problem } = answerTo(Object.assign(new Error('made by the server'), { statusCode: 415 }));

    expect(problem).toMatchObject({
      code: 'UNSUPPORTED_MEDIA_TYPE',
      errors: [{ parameter: 'content-type', message: expect.stringContaining('application/json') as string }],
    });
  });

  it('names the job that stands in the way', () => {
    const { problem } = answerTo(new AppError('CONFLICT', 'It is being done.', [], { jobId: 'job-1' }));

    expect(problem).toMatchObject({ code: 'CONFLICT', job_id: 'job-1' });
  });

  it('says which route does not exist', () => {
    expect(answerTo(new NotFoundException('Cannot GET /nope')).problem.detail).toBe('Cannot GET /nope.');
  });
});
