import { isRated, type ReleaseSnapshot } from '@app/occupations';
import type { Assessment } from '../assessments/assessment';
import type { LevelPair } from './statistics';

/** The levels of an assessment beside those of O*NET, skill by skill; null where the LLM cannot say. */
export function comparedLevels(snapshot: ReleaseSnapshot, assessment: Assessment): (LevelPair | null)[] {
  const occupation = snapshot.find(assessment.code);
  if (!isRated(occupation)) throw new Error(`${assessment.code} is not rated`);
  const onet = snapshot.levelsOf(occupation);
  return assessment.skills.map(({ level }, index) => (level === null ? null : { llm: level, onet: onet[index] ?? 0 }));
}
