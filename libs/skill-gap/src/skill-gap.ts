import type { OnetSocCode } from '@app/common';
import { findRatedOccupations, type ReleaseSnapshot, type SnapshotOccupation } from '@app/occupations';
import { gapByLevel, strictGap } from './gap';

/** Two occupations and what the second asks for beyond the first, from one release. */
export interface SkillGap<T> {
  readonly release: string;
  readonly from: SnapshotOccupation;
  readonly to: SnapshotOccupation;
  readonly gaps: T[];
}

/** One skill of a gap by level; levels are on the LV scale, 0-7. */
export interface SkillLevelGap {
  readonly elementId: string;
  readonly skillName: string;
  readonly fromLevel: number;
  readonly toLevel: number;
}

/**
 * Names of the skills at level 0 in `from` and needed in `to`, in element order.
 *
 * @throws OccupationNotFoundError, OccupationNotRatedError
 */
export function findStrictGap(snapshot: ReleaseSnapshot, from: OnetSocCode, to: OnetSocCode): SkillGap<string> {
  return compare(snapshot, from, to, (a, b) => strictGap(a, b).map((skill) => skillAt(snapshot, skill).name));
}

/**
 * Skills for which `to` needs a higher level than `from`, largest difference first, ties in element order.
 *
 * @throws OccupationNotFoundError, OccupationNotRatedError
 */
export function findGapByLevel(snapshot: ReleaseSnapshot, from: OnetSocCode, to: OnetSocCode): SkillGap<SkillLevelGap> {
  return compare(snapshot, from, to, (a, b) =>
    gapByLevel(a, b).map((gap) => {
      const { elementId, name } = skillAt(snapshot, gap.skill);
      return { elementId, skillName: name, fromLevel: gap.from / 100, toLevel: gap.to / 100 };
    }),
  );
}

function compare<T>(
  snapshot: ReleaseSnapshot,
  from: OnetSocCode,
  to: OnetSocCode,
  gapOf: (from: Int16Array, to: Int16Array) => T[],
): SkillGap<T> {
  const [a, b] = findRatedOccupations(snapshot, [
    { parameter: 'from', code: from },
    { parameter: 'to', code: to },
  ]);
  return {
    release: snapshot.release.version,
    from: a,
    to: b,
    gaps: gapOf(snapshot.levelsOf(a), snapshot.levelsOf(b)),
  };
}

function skillAt(snapshot: ReleaseSnapshot, index: number): { elementId: string; name: string } {
  const skill = snapshot.skills[index];
  if (skill === undefined) throw new RangeError(`The release has no skill number ${index}`);
  return skill;
}
