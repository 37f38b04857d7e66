import fc from 'fast-check';
import type { SnapshotSkill } from '@app/occupations';
import { gapByLevel } from '@app/skill-gap';
import { assessmentOf } from '../../../../test/support/assessments';
import { SKILLS } from '../../../../test/support/snapshots';
import { assessedGap } from './assessed-gap';

const MANY: readonly SnapshotSkill[] = Array.from({ length: 12 }, (_, index) => ({
  elementId: `2.A.1.${index}`,
  name: `Skill ${index}`,
  description: null,
  anchors: [],
}));

type Levels = readonly (number | null)[];

function gapBetween(from: Levels, to: Levels, skills = SKILLS): ReturnType<typeof assessedGap> {
  return assessedGap(skills, assessmentOf('11-1011.00', from, skills), assessmentOf('15-1252.00', to, skills));
}

const namesOf = (items: readonly { readonly skill: { readonly name: string } }[]): string[] =>
  items.map(({ skill }) => skill.name);

const known = fc.oneof(fc.constantFrom(0, 100, 200), fc.integer({ min: 0, max: 700 }));
const sides = <T>(level: fc.Arbitrary<T>): fc.Arbitrary<[T[], T[]]> => {
  const all = fc.array(level, { minLength: MANY.length, maxLength: MANY.length });
  return fc.tuple(all, all);
};

describe('assessedGap', () => {
  it('has the largest difference first, and ties in element order', () => {
    expect(namesOf(gapBetween([100, 0, 200], [200, 400, 300]).items)).toEqual([
      'Installation',
      'Reading Comprehension',
      'Programming',
    ]);
  });

  it('holds what was said of both sides', () => {
    const [item] = gapBetween([0, 0, 0], [0, 0, 512]).items;

    expect(item).toEqual({
      skill: SKILLS[2],
      from: {
        elementId: '2.B.3.e',
        level: 0,
        proficiency: 'Not needed',
        explanation: 'Why 11-1011.00 needs Programming.',
      },
      to: { elementId: '2.B.3.e', level: 512, proficiency: 'Novice', explanation: 'Why 15-1252.00 needs Programming.' },
    });
  });

  it.each<[string, Levels, Levels]>([
    ['from', [null, 0, 0], [700, 0, 0]],
    ['to', [0, 0, 0], [null, 0, 0]],
    ['either occupation', [null, 0, 0], [null, 0, 0]],
  ])('lists apart what cannot be said of %s', (_, from, to) => {
    const { items, unassessed } = gapBetween(from, to);

    expect([namesOf(items), namesOf(unassessed)]).toEqual([[], ['Reading Comprehension']]);
  });

  it('is empty from an occupation to itself, whatever cannot be said of it', () => {
    expect(gapBetween([100, null, 700], [100, null, 700])).toMatchObject({ items: [], unassessed: [{}] });
  });

  it('is the gap by level where all levels are known', () => {
    fc.assert(
      fc.property(sides(known), ([from, to]) => {
        const { items, unassessed } = gapBetween(from, to, MANY);
        const levels = items.map((item) => ({
          skill: MANY.indexOf(item.skill),
          from: item.from.level,
          to: item.to.level,
        }));
        expect([levels, unassessed]).toEqual([gapByLevel(from, to), []]);
      }),
    );
  });

  it('is that of the other skills where some levels are not known', () => {
    fc.assert(
      fc.property(sides(fc.option(known)), ([from, to]) => {
        const isKnown = (index: number): boolean => from[index] !== null && to[index] !== null;
        const left = MANY.filter((_, index) => isKnown(index));
        const without = gapBetween(
          from.filter((_, index) => isKnown(index)),
          to.filter((_, index) => isKnown(index)),
          left,
        );
        const { items, unassessed } = gapBetween(from, to, MANY);
        expect(items).toEqual(without.items);
        expect(namesOf(unassessed)).toEqual(
          namesOf(MANY.filter((_, index) => !isKnown(index)).map((skill) => ({ skill }))),
        );
      }),
    );
  });

  it('is not made of assessments that lack a skill', () => {
    const short = { ...assessmentOf('11-1011.00', [0, 0, 0]), skills: [] };
    expect(() => assessedGap(SKILLS, short, assessmentOf('15-1252.00', [1, 1, 1]))).toThrow(RangeError);
  });
});
