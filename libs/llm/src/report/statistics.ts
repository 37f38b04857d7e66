/** How levels of the LLM compare with those of O*NET. */
export interface Agreement {
  /** Levels that were compared. */
  readonly levels: number;
  /** LLM minus O*NET on average, in points of the LV scale; null where nothing was compared. */
  readonly meanDifference: number | null;
  /** Distance on average, in points of the LV scale; null where nothing was compared. */
  readonly meanAbsoluteDifference: number | null;
  /** Spearman's rank correlation, -1 to 1; null where one side does not vary. */
  readonly rankCorrelation: number | null;
}

/** One level as both see it, in hundredths of the LV scale. */
export interface LevelPair {
  readonly llm: number;
  readonly onet: number;
}

/** Compares levels, pair by pair. */
export function agreementOf(pairs: readonly LevelPair[]): Agreement {
  const differences = pairs.map(({ llm, onet }) => llm - onet);
  return {
    levels: pairs.length,
    meanDifference: points(mean(differences)),
    meanAbsoluteDifference: points(mean(differences.map(Math.abs))),
    rankCorrelation: rankCorrelation(
      pairs.map(({ llm }) => llm),
      pairs.map(({ onet }) => onet),
    ),
  };
}

/** Spearman's rank correlation; null for fewer than two pairs, or where one side does not vary. */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number | null {
  const [ranksA, ranksB] = [ranks(a), ranks(b)];
  const [meanA, meanB] = [mean(ranksA), mean(ranksB)];
  if (meanA === null || meanB === null) return null;
  let [covariance, varianceA, varianceB] = [0, 0, 0];
  for (const [index, rank] of ranksA.entries()) {
    const [x, y] = [rank - meanA, (ranksB[index] ?? 0) - meanB];
    covariance += x * y;
    varianceA += x * x;
    varianceB += y * y;
  }
  if (varianceA === 0 || varianceB === 0) return null;
  // rounding may carry it a little too far
  return Math.max(-1, Math.min(1, covariance / Math.sqrt(varianceA * varianceB)));
}

/** Ranks from 1; values that are equal share the mean of their ranks. */
export function ranks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((i, j) => (values[i] ?? 0) - (values[j] ?? 0));
  const found = new Array<number>(values.length).fill(0);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end++;
    for (const index of order.slice(start, end)) found[index] = (start + 1 + end) / 2;
    start = end;
  }
  return found;
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function points(hundredths: number | null): number | null {
  return hundredths === null ? null : hundredths / 100;
}
