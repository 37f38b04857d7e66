import type { Outcome } from './exchange';
import { pauseBeforeRetry } from './retry';

const answer = (status: number, retryAfterMs: number | null = null): Outcome => ({
  kind: 'answer',
  status,
  retryAfterMs,
  body: '',
});
const network: Outcome = { kind: 'network', code: 'ECONNRESET' };

describe('pauseBeforeRetry', () => {
  it.each([
    [1, 200, 400],
    [2, 400, 800],
    [3, 800, 1600],
  ])('waits longer after attempt %i: from %i to %i ms', (made, shortest, longest) => {
    const pauses = [0, 1].map((random) => pauseBeforeRetry(network, { made, timedOut: 0 }, random));
    expect(pauses).toEqual([shortest, longest]);
  });

  it.each([
    ['429', answer(429)],
    ['500', answer(500)],
    ['503', answer(503)],
    ['a fault of the network', network],
  ])('gives up after three retries on %s', (_what, outcome) => {
    const pauses = [1, 2, 3, 4].map((made) => pauseBeforeRetry(outcome, { made, timedOut: 0 }, 0));
    expect(pauses).toEqual([200, 400, 800, null]);
  });

  it('tries once more after a timeout, and no second time', () => {
    const pauses = [1, 2].map((timedOut) => pauseBeforeRetry({ kind: 'timeout' }, { made: timedOut, timedOut }, 0));
    expect(pauses).toEqual([200, null]);
  });

  it.each([200, 204, 302, 400, 401, 403, 404, 408, 422])('does not try again after %i', (status) => {
    expect(pauseBeforeRetry(answer(status), { made: 1, timedOut: 0 }, 0)).toBeNull();
  });

  it('does not ask again for what is too large', () => {
    expect(pauseBeforeRetry({ kind: 'too-large' }, { made: 1, timedOut: 0 }, 0)).toBeNull();
  });

  it.each([
    [0, 200],
    [100, 200],
    [3000, 3000],
    [5000, 5000],
    [5001, null],
  ])('where %i ms are asked for, waits %s ms', (asked, expected) => {
    expect(pauseBeforeRetry(answer(429, asked), { made: 1, timedOut: 0 }, 0)).toBe(expected);
  });
});
