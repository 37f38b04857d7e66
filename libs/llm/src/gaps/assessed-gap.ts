import type { SnapshotSkill } from '@app/occupations';
import { gapByLevel } from '@app/skill-gap';
import type { Assessment } from '../assessments/assessment';
import type { SkillInGap } from '../prompts/gap-prompt';

/** The gap by level, on levels as the LLM sees them. */
export interface AssessedGap {
  /** Largest difference first, ties in element order. */
  readonly items: readonly SkillInGap[];
  /** Skills of which the LLM could not say the level on one side, or on both: neither in the gap nor out of it. */
  readonly unassessed: readonly SkillInGap[];
}

/**
 * Skills for which `to` needs a higher level than `from`, by the rules of the gap by level.
 *
 * @param skills of the release, in element order
 * @param from an assessment of these skills
 * @param to as `from`, by the same model
 */
export function assessedGap(skills: readonly SnapshotSkill[], from: Assessment, to: Assessment): AssessedGap {
  const pairs = skills.map((skill, index) => pairAt(skill, from, to, index));
  const isKnown = (pair: SkillInGap): boolean => pair.from.level !== null && pair.to.level !== null;
  // a level that is not known is no level 0: such a pair is equal on both sides, and so in no gap
  const levels = (side: 'from' | 'to'): number[] => pairs.map((pair) => (isKnown(pair) ? (pair[side].level ?? 0) : 0));
  return {
    items: gapByLevel(levels('from'), levels('to')).flatMap(({ skill }) => pairs[skill] ?? []),
    unassessed: pairs.filter((pair) => !isKnown(pair)),
  };
}

function pairAt(skill: SnapshotSkill, from: Assessment, to: Assessment, index: number): SkillInGap {
  const [a, b] = [from.skills[index], to.skills[index]];
  if (a === undefined || b === undefined) throw new RangeError(`An assessment lacks the skill ${skill.elementId}`);
  return { skill, from: a, to: b };
}
