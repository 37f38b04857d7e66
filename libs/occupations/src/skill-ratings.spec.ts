import {
  completeRatings,
  INSTALLATION,
  makeSnapshot,
  PROGRAMMING,
  ratingRow,
  READING,
  SKILLS,
  soc,
} from '../../../test/support/snapshots';
import { thrownBy } from '../../../test/support/thrown-by';
import { type RatedSkill, ratedSkillsOf } from './skill-ratings';

const MANAGER = soc('11-1011.00');
const DEVELOPER = soc('15-1252.00');
const SCIENTIST = soc('15-2051.00');

/** Ratings in which the level of Programming is as given, and everything else as usual. */
function withProgrammingLevel(change: Partial<Parameters<typeof ratingRow>[0]>): RatedSkill {
  const rows = completeRatings(DEVELOPER, ['4.12', '0', '5.00']).map((row) =>
    row.element_id === PROGRAMMING.elementId && row.scale_id === 'LV' ? ratingRow({ ...row, ...change }) : row,
  );
  const snapshot = makeSnapshot([
    { code: MANAGER, title: 'Chief Executives', ratings: completeRatings(MANAGER, ['4.75', '1', '2']) },
    { code: DEVELOPER, title: 'Software Developers', ratings: rows },
  ]);
  const found = ratedSkillsOf(snapshot, DEVELOPER).skills.find(({ skill }) => skill === PROGRAMMING);
  if (found === undefined) throw new Error('Programming is not among the skills');
  return found;
}

describe('ratedSkillsOf', () => {
  const snapshot = makeSnapshot([
    { code: MANAGER, title: 'Chief Executives', ratings: completeRatings(MANAGER, ['4.75', '1.12', '2']) },
    { code: DEVELOPER, title: 'Software Developers', ratings: completeRatings(DEVELOPER, ['4.12', '0', '5']) },
    { code: SCIENTIST, title: 'Data Scientists' },
  ]);

  it('lists every skill of the release in element order', () => {
    expect(ratedSkillsOf(snapshot, DEVELOPER).skills.map(({ skill }) => skill)).toEqual(SKILLS);
  });

  it('gives the levels of the occupation asked for, in points of the scale', () => {
    expect(ratedSkillsOf(snapshot, DEVELOPER).skills.map(({ level }) => level.value)).toEqual([4.12, 0, 5]);
  });

  it('gives the importance beside the level', () => {
    expect(ratedSkillsOf(snapshot, MANAGER).skills.map(({ importance }) => importance.value)).toEqual([3, 3, 3]);
  });

  it('says whose ratings they are', () => {
    expect(ratedSkillsOf(snapshot, MANAGER).occupation.title).toBe('Chief Executives');
  });

  it('gives the number of raters', () => {
    expect(withProgrammingLevel({ n: 28 }).level.n).toBe(28);
  });

  it('gives null where O*NET does not say how many rated', () => {
    expect(withProgrammingLevel({ n: null }).level.n).toBeNull();
  });

  it('tells no raters from a number that is not given', () => {
    expect(withProgrammingLevel({ n: 0 }).level.n).toBe(0);
  });

  it('gives the standard error with its four decimals', () => {
    expect(withProgrammingLevel({ standard_error: '0.1102' }).level.standardError).toBe(0.1102);
  });

  it('gives null where O*NET gives no standard error', () => {
    expect(withProgrammingLevel({ standard_error: null }).level.standardError).toBeNull();
  });

  it('tells a standard error of 0, where all raters agree, from one that is not given', () => {
    expect(withProgrammingLevel({ standard_error: '0' }).level.standardError).toBe(0);
  });

  it('reads decimals of a driver that makes numbers of them', () => {
    expect(withProgrammingLevel({ data_value: 1.12, standard_error: 0.2266 }).level).toMatchObject({
      value: 1.12,
      standardError: 0.2266,
    });
  });

  it.each([
    ['Y', true],
    ['N', false],
    [null, false],
  ])('reads the advice to suppress %p as %p', (flag, expected) => {
    expect(withProgrammingLevel({ recommend_suppress: flag }).level.recommendSuppress).toBe(expected);
  });

  it('keeps a value that O*NET advises to suppress', () => {
    expect(withProgrammingLevel({ recommend_suppress: 'Y', data_value: '3.38' }).level.value).toBe(3.38);
  });

  it.each([
    ['Y', true],
    ['N', false],
    [null, null],
  ])('reads not relevant %p as %p', (flag, expected) => {
    expect(withProgrammingLevel({ not_relevant: flag }).notRelevant).toBe(expected);
  });

  it('keeps level 0.12 of a skill that is not relevant, since the two are different things', () => {
    expect(withProgrammingLevel({ not_relevant: 'Y', data_value: '0.12' }).level.value).toBe(0.12);
  });

  it('says that an occupation without ratings is not rated', () => {
    expect(thrownBy(() => ratedSkillsOf(snapshot, SCIENTIST))).toMatchObject({
      code: 'OCCUPATION_NOT_RATED',
      errors: [{ parameter: 'code' }],
    });
  });

  it('says that a code is unknown', () => {
    expect(thrownBy(() => ratedSkillsOf(snapshot, soc('99-9999.99')))).toMatchObject({ code: 'OCCUPATION_NOT_FOUND' });
  });

  it('puts each rating to its own skill, in whatever order the rows come', () => {
    const shuffled = makeSnapshot([
      { code: MANAGER, title: 'Chief Executives', ratings: completeRatings(MANAGER, ['4.75', '1.12', '2']).reverse() },
    ]);
    const levels = ratedSkillsOf(shuffled, MANAGER).skills.map(({ skill, level }) => [skill, level.value]);
    expect(levels).toEqual([
      [READING, 4.75],
      [INSTALLATION, 1.12],
      [PROGRAMMING, 2],
    ]);
  });
});
