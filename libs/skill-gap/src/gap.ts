/** A skill in which one occupation asks for a higher level than another. */
export interface LevelGap {
  /** Index into the skills of the release. */
  readonly skill: number;
  /** Level in hundredths. */
  readonly from: number;
  /** Level in hundredths; higher than `from`. */
  readonly to: number;
}

/**
 * The strict gap: skills that are at level 0 in `from` and needed in `to`.
 *
 * @param from levels in hundredths (0-700), one a skill, in element order
 * @param to as `from`, of the same release
 * @returns indices of skills, in element order
 */
export function strictGap(from: ArrayLike<number>, to: ArrayLike<number>): number[] {
  const gap: number[] = [];
  for (let skill = 0; skill < to.length; skill++) {
    if ((to[skill] ?? 0) > 0 && from[skill] === 0) gap.push(skill);
  }
  return gap;
}

/**
 * The gap by level: skills for which `to` needs more than `from` has, largest difference first, ties in element order.
 * The order helps reading only: levels of different skills are anchored differently, so differences do not compare.
 *
 * @param from levels in hundredths (0-700), one a skill, in element order: whole numbers, since in floating point
 *   1.12 - 1.00 is larger than 0.12 - 0
 * @param to as `from`, of the same release
 */
export function gapByLevel(from: ArrayLike<number>, to: ArrayLike<number>): LevelGap[] {
  const gap: LevelGap[] = [];
  for (let skill = 0; skill < to.length; skill++) {
    const need = to[skill] ?? 0;
    const have = from[skill] ?? 0;
    if (need > have) gap.push({ skill, from: have, to: need });
  }
  // sort is stable, so ties keep their element order
  return gap.sort((a, b) => b.to - b.from - (a.to - a.from));
}
