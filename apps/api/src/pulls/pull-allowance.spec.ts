import { PullAllowance } from './pull-allowance';

const MINUTE_MS = 60_000;

describe('PullAllowance', () => {
  it('allows so many within a minute, and then tells how long to wait for the next', () => {
    const allowance = new PullAllowance(2);
    const waits = [0, 10_000, 20_000, 59_999].map((now) => allowance.take('a', now));
    expect(waits).toEqual([0, 0, 40_000, 1]);
  });

  it('allows another one once the first is a minute old', () => {
    const allowance = new PullAllowance(2);
    for (const now of [0, 10_000]) allowance.take('a', now);
    expect([allowance.take('a', MINUTE_MS), allowance.take('a', MINUTE_MS + 1)]).toEqual([0, 9999]);
  });

  it('does not count what it refused', () => {
    const allowance = new PullAllowance(1);
    for (const now of [0, 1000, 2000]) allowance.take('a', now);
    expect(allowance.take('a', MINUTE_MS)).toBe(0);
  });

  it('counts every client for itself', () => {
    const allowance = new PullAllowance(1);
    expect([allowance.take('a', 0), allowance.take('b', 0), allowance.take('a', 1)]).toEqual([0, 0, 59_999]);
  });

  it('has no limit where that is 0', () => {
    const allowance = new PullAllowance(0);
    expect(Array.from({ length: 1000 }, () => allowance.take('a', 0))).toEqual(new Array<number>(1000).fill(0));
  });

  it('counts by the clock that nobody sets', () => {
    const allowance = new PullAllowance(1);
    allowance.take('a');
    jest.useFakeTimers({ now: Date.now() + 24 * 3600_000, doNotFake: ['performance'] });
    const wait = allowance.take('a');
    jest.useRealTimers();
    expect(wait).toBeGreaterThan(MINUTE_MS / 2);
  });

  it('forgets clients that caused nothing for a minute when there are very many', () => {
    const allowance = new PullAllowance(1);
    for (let client = 0; client < 10_000; client++) allowance.take(`client ${client}`, 0);
    allowance.take('one more', MINUTE_MS);
    expect([...(Reflect.get(allowance, 'times') as Map<string, number[]>).keys()]).toEqual(['one more']);
  });

  it('forgets no client that may cause no more, however many there are', () => {
    const allowance = new PullAllowance(1);
    for (let client = 0; client < 10_002; client++) allowance.take(`client ${client}`, 1);
    expect(allowance.take('client 0', 2)).toBe(MINUTE_MS - 1);
  });
});
