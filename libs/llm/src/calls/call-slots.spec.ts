import fc from 'fast-check';
import { reserveCall } from './call-slots';

const NOW = Date.UTC(2026, 7, 1);
const MINUTE_MS = 60_000;

/** The most of these times that fall into any one minute. */
function mostInAMinute(times: readonly number[]): number {
  return Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + MINUTE_MS).length));
}

/** When calls may go that ask one after the other, so long apart. */
function granted(
  elapsed: readonly number[],
  perMinute: number,
): { readonly waits: number[]; readonly times: number[] } {
  let [slots, now] = ['', NOW];
  const times = elapsed.map((ms) => {
    now += ms;
    const reservation = reserveCall(slots, now, perMinute);
    ({ slots } = reservation);
    return reservation.at;
  });
  let askedAt = NOW;
  return { times, waits: times.map((time, index) => time - (askedAt += elapsed[index] ?? 0)) };
}

describe('reserveCall', () => {
  it('lets a fifth of the calls of a minute go at once, and the others evenly', () => {
    const { waits } = granted(new Array<number>(12).fill(0), 10);

    expect(waits.slice(0, 2)).toEqual([0, 0]);
    expect(waits.slice(2).map((wait, index) => wait - (waits[index + 1] ?? 0))).toEqual(new Array(10).fill(6667));
  });

  it('lets one call a minute go where that is all', () => {
    expect(granted([0, 0, 0], 1).waits).toEqual([0, 60_001, 120_002]);
  });

  it('never lets more go in any minute, whenever they ask', () => {
    const asked = fc.array(fc.oneof(fc.constant(0), fc.nat(500), fc.nat(90_000)), { minLength: 1, maxLength: 150 });
    fc.assert(
      fc.property(asked, fc.integer({ min: 1, max: 120 }), (elapsed, perMinute) => {
        expect(mostInAMinute(granted(elapsed, perMinute).times)).toBeLessThanOrEqual(perMinute);
      }),
    );
  });

  it('lets nobody wait who asks seldom enough', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (perMinute) => {
        const apartMs = Math.ceil(MINUTE_MS / Math.ceil(perMinute * 0.8)) + 1;
        expect(Math.max(...granted(new Array<number>(50).fill(apartMs), perMinute).waits)).toBe(0);
      }),
    );
  });

  it('never gives an earlier time to who comes later', () => {
    const asked = fc.array(fc.nat(5000), { minLength: 2, maxLength: 50 });
    fc.assert(
      fc.property(asked, fc.integer({ min: 1, max: 100 }), (elapsed, perMinute) => {
        const { times } = granted(elapsed, perMinute);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }),
    );
  });

  it.each(['', 'x', '-1', String(NOW + 3_600_000), String(NOW - 3_600_000)])('goes on at once from %j', (slots) => {
    expect(reserveCall(slots, NOW, 10).at).toBe(NOW);
  });

  it('keeps no more than the table holds', () => {
    expect(reserveCall('', NOW, 100_000).slots).toMatch(/^\d{13}$/);
  });
});
