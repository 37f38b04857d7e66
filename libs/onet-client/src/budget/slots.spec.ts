import fc from 'fast-check';
import { reserveSlot } from './slots';

const NOW = Date.UTC(2026, 7, 1);

/** The most of these times that fall into any one second. */
function mostInASecond(times: readonly number[]): number {
  return Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + 1000).length));
}

describe('reserveSlot', () => {
  it('lets as many go at once as are allowed in a second', () => {
    let slots = '';
    const granted = [1, 2, 3, 4, 5].map(() => {
      const reservation = reserveSlot(slots, NOW, 0, 5);
      ({ slots } = reservation);
      return reservation.at - NOW;
    });
    expect([granted, reserveSlot(slots, NOW, 0, 5).at - NOW]).toEqual([[0, 0, 0, 0, 0], 1200]);
  });

  it('never lets more go in any second, whenever and with whatever lead they ask', () => {
    const asked = fc.array(fc.tuple(fc.nat(700), fc.nat(900)), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(asked, fc.integer({ min: 1, max: 5 }), (requests, perSecond) => {
        let [slots, now] = ['', NOW];
        const granted = requests.map(([elapsed, lead]) => {
          now += elapsed;
          const reservation = reserveSlot(slots, now, lead, perSecond);
          ({ slots } = reservation);
          return reservation.at;
        });
        expect(mostInASecond(granted)).toBeLessThanOrEqual(perSecond);
      }),
    );
  });

  it('keeps no more times than it needs', () => {
    expect(reserveSlot(`${NOW - 3},${NOW - 2},${NOW - 1}`, NOW, 0, 2).slots).toBe(`${NOW - 1},${NOW + 1198}`);
  });

  it.each(['', 'x', ',', `${NOW},x`])('goes on from %j', (slots) => {
    expect(reserveSlot(slots, NOW, 0, 2).at).toBe(NOW);
  });

  it('does not wait for hours where the clock was set back', () => {
    expect(reserveSlot(String(NOW + 3_600_000), NOW, 0, 1).at).toBe(NOW);
  });
});
