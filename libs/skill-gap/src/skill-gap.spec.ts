import { completeRatings, makeSnapshot, soc } from '../../../test/support/snapshots';
import { thrownBy } from '../../../test/support/thrown-by';
import { findGapByLevel, findStrictGap } from './skill-gap';

const MANAGER = soc('11-1011.00');
const DEVELOPER = soc('15-1252.00');
const SCIENTIST = soc('15-2051.00');
const NOWHERE = soc('99-9999.99');

// levels of reading comprehension, installation, programming
const snapshot = makeSnapshot([
  { code: MANAGER, title: 'Chief Executives', ratings: completeRatings(MANAGER, ['4.75', '0', '1.00']) },
  { code: DEVELOPER, title: 'Software Developers', ratings: completeRatings(DEVELOPER, ['4.12', '0.12', '1.12']) },
  { code: SCIENTIST, title: 'Data Scientists' },
]);

describe('findStrictGap', () => {
  it('names the skills that are at level 0 in the one and needed in the other occupation', () => {
    expect(findStrictGap(snapshot, MANAGER, DEVELOPER).gaps).toEqual(['Installation']);
  });

  it('names nothing in the other direction, where every skill is there at some level', () => {
    expect(findStrictGap(snapshot, DEVELOPER, MANAGER).gaps).toEqual([]);
  });
});

describe('findGapByLevel', () => {
  it('gives element, name and levels in points of the scale, and equal differences in element order', () => {
    expect(findGapByLevel(snapshot, MANAGER, DEVELOPER).gaps).toEqual([
      { elementId: '2.B.3.d', skillName: 'Installation', fromLevel: 0, toLevel: 0.12 },
      { elementId: '2.B.3.e', skillName: 'Programming', fromLevel: 1, toLevel: 1.12 },
    ]);
  });

  it('is empty from an occupation to itself', () => {
    expect(findGapByLevel(snapshot, DEVELOPER, DEVELOPER).gaps).toEqual([]);
  });
});

describe.each([
  ['findStrictGap', findStrictGap],
  ['findGapByLevel', findGapByLevel],
])('%s', (_name, findGap) => {
  it('tells both occupations apart', () => {
    const { from, to } = findGap(snapshot, MANAGER, DEVELOPER);
    expect([from.title, to.title]).toEqual(['Chief Executives', 'Software Developers']);
  });

  it('names the release it answers from', () => {
    expect(findGap(snapshot, MANAGER, DEVELOPER).release).toBe('30.1');
  });

  it('names "from" where the first occupation is unknown', () => {
    expect(thrownBy(() => findGap(snapshot, NOWHERE, DEVELOPER))).toMatchObject({
      code: 'OCCUPATION_NOT_FOUND',
      errors: [{ parameter: 'from' }],
    });
  });

  it('names "to" where the second occupation is not rated, rather than that nothing is to be learnt', () => {
    expect(thrownBy(() => findGap(snapshot, MANAGER, SCIENTIST))).toMatchObject({
      code: 'OCCUPATION_NOT_RATED',
      errors: [{ parameter: 'to' }],
    });
  });

  it('refuses to compare an occupation that is not rated with itself', () => {
    expect(thrownBy(() => findGap(snapshot, SCIENTIST, SCIENTIST))).toMatchObject({
      errors: [{ parameter: 'from' }, { parameter: 'to' }],
    });
  });
});
