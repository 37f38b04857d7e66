import fc from 'fast-check';
import { LlmCallError, type LlmFailureKind } from '../provider/llm-provider';
import { backoffBefore } from './llm-calls.service';

const failed = (kind: LlmFailureKind, retryAfterMs: number | null = null): LlmCallError =>
  new LlmCallError(kind, 'It did not work.', retryAfterMs);

describe('The pause before another call', () => {
  it.each<[string, LlmCallError, number, number | null]>([
    ['is a second after the first failure', failed('unavailable'), 1, 1000],
    ['is two seconds after the second', failed('unavailable'), 2, 2000],
    ['is as long as the LLM wants it', failed('unavailable', 7000), 1, 7000],
    ['is no shorter than ours', failed('unavailable', 10), 2, 2000],
  ])('%s', (_, error, calls, ms) => {
    expect(backoffBefore(error, calls, 0)).toBe(ms);
  });

  it('is up to half as long again, by chance', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(1, 2), (random, calls) => {
        const ms = backoffBefore(failed('unavailable'), calls, random) ?? 0;
        expect(ms / (1000 * calls)).toBeGreaterThanOrEqual(1);
        expect(ms / (1000 * calls)).toBeLessThanOrEqual(1.5);
      }),
    );
  });

  it.each<[string, LlmCallError, number]>([
    ['the third failure', failed('unavailable'), 3],
    ['a refusal', failed('refused'), 1],
    ['a call that took too long', failed('timeout'), 1],
    ['a failure after which the LLM wants to be left alone for long', failed('unavailable', 8001), 1],
  ])('is not made after %s: there is no other call now', (_, error, calls) => {
    expect(backoffBefore(error, calls, 0)).toBeNull();
  });
});
