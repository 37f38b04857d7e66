import fc from 'fast-check';
import { gapByLevel, strictGap, type LevelGap } from './gap';

const MAX_SKILLS = 40;

/** Levels in hundredths; 0 and small values are frequent, since that is where the rules differ and differences tie. */
const level = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 700 }));

const levels = (count: number): fc.Arbitrary<number[]> => fc.array(level, { minLength: count, maxLength: count });

const oneOccupation = fc.array(level, { maxLength: MAX_SKILLS });

const twoOccupations = fc
  .integer({ min: 0, max: MAX_SKILLS })
  .chain((count) => fc.tuple(levels(count), levels(count)))
  .map(([from, to]) => ({ from, to }));

/** The strict rule word by word: the level is above 0 in `to` and 0 in `from`. */
function naiveStrictGap(from: readonly number[], to: readonly number[]): number[] {
  return [...to.keys()].filter((skill) => to[skill]! > 0 && from[skill] === 0);
}

/** The rule by level without a sort: every possible difference from the largest down, and the skills that have it. */
function naiveGapByLevel(from: readonly number[], to: readonly number[]): LevelGap[] {
  const differences = to.map((need, skill) => BigInt(need) - BigInt(from[skill]!));
  const gap: LevelGap[] = [];
  for (let difference = 700n; difference > 0n; difference--) {
    for (const skill of to.keys()) {
      if (differences[skill] === difference) gap.push({ skill, from: from[skill]!, to: to[skill]! });
    }
  }
  return gap;
}

const skillsOf = (gap: readonly LevelGap[]): number[] => gap.map(({ skill }) => skill);

describe('the strict gap', () => {
  it('is empty from an occupation to itself', () => {
    fc.assert(
      fc.property(oneOccupation, (occupation) => {
        expect(strictGap(occupation, occupation)).toEqual([]);
      }),
    );
  });

  it('is part of the gap by level', () => {
    fc.assert(
      fc.property(twoOccupations, ({ from, to }) => {
        expect(skillsOf(gapByLevel(from, to))).toEqual(expect.arrayContaining(strictGap(from, to)));
      }),
    );
  });

  it('is in element order', () => {
    fc.assert(
      fc.property(twoOccupations, ({ from, to }) => {
        const gap = strictGap(from, to);
        expect(gap).toEqual([...gap].sort((a, b) => a - b));
      }),
    );
  });

  it('agrees with the rule written down naively', () => {
    fc.assert(
      fc.property(twoOccupations, ({ from, to }) => {
        expect(strictGap(from, to)).toEqual(naiveStrictGap(from, to));
      }),
    );
  });

  it('leaves its inputs as they were', () => {
    fc.assert(
      fc.property(twoOccupations, ({ from, to }) => {
        const before = structuredClone({ from, to });
        strictGap(from, to);
        expect({ from, to }).toEqual(before);
      }),
    );
  });

  it('does not ask for a skill that is at level 0 in both', () => {
    expect(strictGap([0], [0])).toEqual([]);
  });

  it('does not ask for a skill that is there already, if only at the lowest level', () => {
    expect(strictGap([1], [700])).toEqual([]);
  });

  it('asks for a skill that is needed at the lowest level', () => {
    expect(strictGap([0], [1])).toEqual([0]);
  });

  it('reads the typed arrays of a snapshot like any other list', () => {
    fc.assert(
      fc.property(twoOccupations, ({ from, to }) => {
        expect(strictGap(Int16Array.from(from), Int16Array.from(to))).toEqual(strictGap(from, to));
      }),
    );
  });
});

describe('the gap by level', () => {
  it('is empty from an occupation to itself', () => {
    fc.assert(
      fc.property(oneOccupation, (occupation) => {
        expect(gapByLevel(occupation, occupation)).toEqual([]);
      }),
    );
  });

  it('lists only skills whose level rises', () => {
    fc.assert(
      fc.property(twoOccupations, ({ from, to }) => {
        expect(gapByLevel(from, to).filter((gap) => gap.to <= gap.from)).toEqual([]);
      }),
    );
  });

  it('lists every skill whose level rises, once', () => {
    fc.assert(
      fc.property(twoOccupations, ({ from, to }) => {
        const rising = [...to.keys()].filter((skill) => to[skill]! > from[skill]!);
        expect(skillsOf(gapByLevel(from, to)).sort((a, b) => a - b)).toEqual(rising);
      }),
    );
  });

  it('gives the levels of the skill it names', () => {
    fc.assert(
      fc.property(twoOccupations, ({ from, to }) => {
        const gap = gapByLevel(from, to);
        expect(gap).toEqual(gap.map(({ skill }) => ({ skill, from: from[skill], to: to[skill] })));
      }),
    );
  });

  it('is in order of falling differences', () => {
    fc.assert(
      fc.property(twoOccupations, ({ from, to }) => {
        const differences = gapByLevel(from, to).map((gap) => gap.to - gap.from);
        expect(differences).toEqual([...differences].sort((a, b) => b - a));
      }),
    );
  });

  it('keeps equal differences in element order', () => {
    fc.assert(
      fc.property(twoOccupations, ({ from, to }) => {
        const byDifference = new Map<number, number[]>();
        for (const gap of gapByLevel(from, to)) {
          const difference = gap.to - gap.from;
          byDifference.set(difference, [...(byDifference.get(difference) ?? []), gap.skill]);
        }
        const ties = [...byDifference.values()];
        expect(ties).toEqual(ties.map((skills) => [...skills].sort((a, b) => a - b)));
      }),
    );
  });

  it('agrees with the rule written down naively in exact whole numbers', () => {
    fc.assert(
      fc.property(twoOccupations, ({ from, to }) => {
        expect(gapByLevel(from, to)).toEqual(naiveGapByLevel(from, to));
      }),
    );
  });

  it('leaves its inputs as they were', () => {
    fc.assert(
      fc.property(twoOccupations, ({ from, to }) => {
        const before = structuredClone({ from, to });
        gapByLevel(from, to);
        expect({ from, to }).toEqual(before);
      }),
    );
  });

  it('takes 0 to 0.12 and 1.00 to 1.12 for equal differences, though 1.12 - 1.00 is larger in floating point', () => {
    expect(gapByLevel([0, 100], [12, 112])).toEqual([
      { skill: 0, from: 0, to: 12 },
      { skill: 1, from: 100, to: 112 },
    ]);
  });

  it('reads the typed arrays of a snapshot like any other list', () => {
    fc.assert(
      fc.property(twoOccupations, ({ from, to }) => {
        expect(gapByLevel(Int16Array.from(from), Int16Array.from(to))).toEqual(gapByLevel(from, to));
      }),
    );
  });
});
