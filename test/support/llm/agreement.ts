interface Pair {
  readonly llm: number;
  readonly onet: number;
}

/** How levels compare, to four decimals: worked out in the plainest way there is. */
export function agreement(pairs: readonly Pair[]): object {
  const differences = pairs.map(({ llm, onet }) => llm - onet);
  return {
    levels: pairs.length,
    mean_difference: closeTo(mean(differences)),
    mean_absolute_difference: closeTo(mean(differences.map(Math.abs))),
    rank_correlation: closeTo(pearson(ranks(pairs.map(({ llm }) => llm)), ranks(pairs.map(({ onet }) => onet)))),
  };
}

/** The fourth decimal depends on how it was rounded. */
function closeTo(value: number): unknown {
  return expect.closeTo(value, 3);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A rank is one more than the number of those below, and half of the others that are equal. */
function ranks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}

function pearson(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const products = a.map((value, index) => (value - meanA) * ((b[index] ?? 0) - meanB));
  const spread = (values: readonly number[], middle: number): number =>
    Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0));
  return products.reduce((sum, value) => sum + value, 0) / (spread(a, meanA) * spread(b, meanB));
}
