import fc from 'fast-check';
import { completeRatings, makeSnapshot, SKILLS, soc } from '../../../test/support/snapshots';
import { findGapByLevel, findStrictGap } from './skill-gap';

const CODES = ['11-1011.00', '13-1011.00', '15-1252.00', '49-9071.00'];

const levels = fc.array(
  fc.integer({ min: 0, max: 700 }).map((hundredths) => (hundredths / 100).toFixed(2)),
  { minLength: SKILLS.length, maxLength: SKILLS.length },
);

/** Each occupation is in the release, or was pulled. */
const occupations = fc.tuple(...CODES.map(() => fc.record({ levels, isPulled: fc.boolean() })));

describe('the gap between occupations, some of which were pulled', () => {
  it('is that of one release with all of them', () => {
    fc.assert(
      fc.property(occupations, (given) => {
        const all = given.map(({ levels: of, isPulled }, index) => {
          const code = CODES[index] ?? '';
          return { code, title: code, ratings: completeRatings(code, of), isPulled };
        });
        const pulled = all
          .filter(({ isPulled }) => isPulled)
          .map((occupation) => ({ ...occupation, code: soc(occupation.code), description: '', pulledAt: 'now' }));
        const together = makeSnapshot(
          all.filter(({ isPulled }) => !isPulled),
          { pulled },
        );
        const whole = makeSnapshot(all);
        for (const from of CODES.map(soc)) {
          for (const to of CODES.map(soc)) {
            expect(findGapByLevel(together, from, to).gaps).toEqual(findGapByLevel(whole, from, to).gaps);
            expect(findStrictGap(together, from, to).gaps).toEqual(findStrictGap(whole, from, to).gaps);
          }
        }
      }),
    );
  });
});
