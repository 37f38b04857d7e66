import type { OnetSocCode } from '@app/common';
import { findRatedOccupations } from './occupation-queries';
import type { RatingColumns, SnapshotOccupation, SnapshotSkill } from './snapshot/release-content';
import type { ReleaseSnapshot } from './snapshot/release-snapshot';

/** One rating of a skill on one scale. */
export interface SkillRating {
  /** In points of the scale, two decimals. */
  readonly value: number;
  readonly n: number | null;
  /** In points of the scale, four decimals. */
  readonly standardError: number | null;
  /** O*NET advises against use, since the standard error is large. */
  readonly recommendSuppress: boolean;
}

export interface RatedSkill {
  readonly skill: SnapshotSkill;
  /** On the LV scale, 0-7. */
  readonly level: SkillRating;
  /** On the IM scale, 1-5. */
  readonly importance: SkillRating;
  /** Most raters called the skill unimportant for the occupation; null where O*NET does not say. */
  readonly notRelevant: boolean | null;
}

/**
 * The ratings of every skill of an occupation, in element order.
 *
 * @throws OccupationNotFoundError, OccupationNotRatedError
 */
export function ratedSkillsOf(
  snapshot: ReleaseSnapshot,
  code: OnetSocCode,
): { readonly occupation: SnapshotOccupation; readonly skills: readonly RatedSkill[] } {
  const [occupation] = findRatedOccupations(snapshot, [{ parameter: 'code', code }]);
  const first = occupation.row * snapshot.skills.length;
  const skills = snapshot.skills.map((skill, index) => {
    const notRelevant = snapshot.level.notRelevant[first + index];
    return {
      skill,
      level: ratingAt(snapshot.level, first + index),
      importance: ratingAt(snapshot.importance, first + index),
      notRelevant: notRelevant === 0 ? null : notRelevant === 2,
    };
  });
  return { occupation, skills };
}

function ratingAt(columns: RatingColumns, cell: number): SkillRating {
  return {
    value: (columns.values[cell] ?? 0) / 100,
    n: orNull(columns.n[cell]),
    standardError: orNull(columns.standardErrors[cell], 10_000),
    recommendSuppress: columns.recommendSuppress[cell] === 1,
  };
}

/** The arrays hold -1 for a value that O*NET does not give. */
function orNull(value: number | undefined, scale = 1): number | null {
  return value === undefined || value < 0 ? null : value / scale;
}
