import fc from 'fast-check';
import { agreementOf, rankCorrelation, ranks } from './statistics';

const values = fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 2, maxLength: 40 });
const pairs = values.chain((a) =>
  fc.array(fc.integer({ min: 0, max: 700 }), { minLength: a.length, maxLength: a.length }).map((b) => [a, b] as const),
);

describe('ranks', () => {
  it.each([
    ['the smallest first', [30, 10, 20], [3, 1, 2]],
    ['the mean of their ranks to two that are equal', [10, 20, 20, 30], [1, 2.5, 2.5, 4]],
    ['the mean of their ranks to all that are equal', [5, 5, 5], [2, 2, 2]],
    ['nothing where there is nothing', [], []],
  ])('gives %s', (_, given, expected) => {
    expect(ranks(given)).toEqual(expected);
  });

  it('add up to the same, whatever is equal', () => {
    fc.assert(
      fc.property(values, (given) => {
        const sum = ranks(given).reduce((total, rank) => total + rank, 0);
        expect(sum).toBe((given.length * (given.length + 1)) / 2);
      }),
    );
  });
});

describe('rankCorrelation', () => {
  it.each([
    ['the same order', [1, 2, 3, 4], [10, 20, 30, 400], 1],
    ['the reverse order', [1, 2, 3, 4], [4, 3, 2, 1], -1],
    // d² = 1 + 1 + 1 + 1: 1 - 6 * 4 / (4 * 15)
    ['two neighbours that change places, twice', [1, 2, 3, 4], [2, 1, 4, 3], 0.6],
    // ranks 1, 2.5, 2.5, 4 beside 1, 2, 3, 4: 4.5 / sqrt(4.5 * 5)
    ['ties on one side', [10, 20, 20, 30], [1, 2, 3, 4], 4.5 / Math.sqrt(22.5)],
    ['an order that has nothing to do with it', [1, 2, 3, 4], [2, 4, 1, 3], 0],
  ])('of %s', (_, a, b, expected) => {
    expect(rankCorrelation(a, b)).toBeCloseTo(expected, 12);
  });

  it.each([
    ['there is nothing', [], []],
    ['there is one pair', [1], [1]],
    ['the first side does not vary', [2, 2, 2], [1, 2, 3]],
    ['the second side does not vary', [1, 2, 3], [0, 0, 0]],
  ])('is not known where %s', (_, a, b) => {
    expect(rankCorrelation(a, b)).toBeNull();
  });

  it('is between -1 and 1, the same from both sides, and does not care for distances', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const found = rankCorrelation(a, b);
        const stretched = rankCorrelation(
          a.map((value) => value ** 3),
          b,
        );
        expect(rankCorrelation(b, a)).toEqual(found === null ? null : expect.closeTo(found, 12));
        expect(stretched).toEqual(found);
        expect(Math.abs(found ?? 0)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('agreementOf', () => {
  it('tells on which side the LLM is, and how far off', () => {
    const levels = [
      { llm: 300, onet: 200 },
      { llm: 100, onet: 150 },
      { llm: 550, onet: 450 },
    ];
    expect(agreementOf(levels)).toEqual({
      levels: 3,
      meanDifference: 0.5,
      meanAbsoluteDifference: expect.closeTo(250 / 300, 12) as number,
      rankCorrelation: 1,
    });
  });

  it('knows of nothing that nothing comes of it', () => {
    expect(agreementOf([])).toEqual({
      levels: 0,
      meanDifference: null,
      meanAbsoluteDifference: null,
      rankCorrelation: null,
    });
  });
});
