import { QueryFailedError } from 'typeorm';
import { AppError, OperatorError } from '@app/common';
import { DatabaseUnavailableError } from '@app/database';
import { failureOf, isPermanent } from './job-errors';

class CodedError extends OperatorError {
  override readonly code = 'RELEASE_UNUSABLE';
}

const refused = Object.assign(new Error('connect ECONNREFUSED 10.1.2.3:3306'), { code: 'ECONNREFUSED' });

describe('A failure of a job', () => {
  it.each<[string, unknown, boolean]>([
    ['an error for the operator', new OperatorError('No.'), true],
    ['an error of the contract', new AppError('NOT_FOUND', 'No.'), true],
    ['one that may pass', new OperatorError('Not now.', { mayPass: true }), false],
    ['a database that is away', new DatabaseUnavailableError('the release was ingested', refused), false],
    ['a connection that is refused', new QueryFailedError('SELECT 1', [], refused), false],
    ['anything else that is thrown', new TypeError('x is undefined'), false],
    ['what is no error', 'out of luck', false],
  ])('by %s is final: %#', (_, error, permanent) => {
    expect(isPermanent(error)).toBe(permanent);
  });

  it.each<[string, unknown, string, string]>([
    ['an error of the contract', new AppError('NOT_FOUND', 'There is no 40.9.'), 'NOT_FOUND', 'There is no 40.9.'],
    ['an error for the operator', new OperatorError('There is no 40.9.'), 'JOB_FAILED', 'There is no 40.9.'],
    ['one with a code', new CodedError('Skills.txt is empty.'), 'RELEASE_UNUSABLE', 'Skills.txt is empty.'],
  ])('by %s is told in its own words', (_, error, code, detail) => {
    expect(failureOf(error)).toMatchObject({ code, detail });
  });

  it.each<[string, unknown, string]>([
    ['a database that is away', new DatabaseUnavailableError('it ran', refused), 'DATABASE_UNAVAILABLE'],
    ['a connection that is refused', new QueryFailedError('SELECT 1', [], refused), 'DATABASE_UNAVAILABLE'],
    ['anything else that is thrown', new Error('10.1.2.3 said no'), 'INTERNAL'],
    ['what is no error', '10.1.2.3 said no', 'INTERNAL'],
  ])('by %s tells everybody nothing of what was thrown, and admins all of it', (_, error, code) => {
    const failure = failureOf(error);

    expect(failure.code).toBe(code);
    expect(failure.detail).not.toContain('10.1.2.3');
    expect(failure.raw).toContain('10.1.2.3');
  });

  it('is kept to a length that a database column holds', () => {
    expect(failureOf(new Error('x'.repeat(100_000))).raw).toHaveLength(8000);
  });
});
