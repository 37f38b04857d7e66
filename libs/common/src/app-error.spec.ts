import { AppError, OperatorError } from './app-error';

class ReleaseGoneError extends AppError {}
class DiskFullError extends OperatorError {}

describe('AppError', () => {
  it('has its detail as message, so that a log tells the same story as the answer', () => {
    expect(new AppError('NOT_FOUND', 'There is no release 7.').message).toBe('There is no release 7.');
  });

  it('names no faulty parameter unless it is given one', () => {
    expect(new AppError('NOT_FOUND', 'There is no release 7.').errors).toEqual([]);
  });

  it('keeps the faulty parameters in the order given', () => {
    const errors = [
      { parameter: 'to', message: 'is missing' },
      { parameter: 'from', message: 'is missing' },
    ];
    expect(new AppError('VALIDATION_FAILED', 'Two parameters are missing.', errors).errors).toEqual(errors);
  });

  it('is named after its own class', () => {
    expect(new ReleaseGoneError('CONFLICT', 'The release is gone.').name).toBe('ReleaseGoneError');
  });

  it('keeps the error that caused it', () => {
    const cause = new Error('connect ECONNREFUSED');
    expect(new AppError('DATABASE_UNAVAILABLE', 'The database is away.', [], { cause }).cause).toBe(cause);
  });
});

describe('OperatorError', () => {
  it('is named after its own class', () => {
    expect(new DiskFullError('The disk is full.').name).toBe('DiskFullError');
  });

  it('keeps the error that caused it', () => {
    const cause = new Error('ENOSPC');
    expect(new OperatorError('The disk is full.', { cause }).cause).toBe(cause);
  });

  it('is no AppError, since its message is not written for clients', () => {
    expect(new OperatorError('The disk is full.')).not.toBeInstanceOf(AppError);
  });
});
