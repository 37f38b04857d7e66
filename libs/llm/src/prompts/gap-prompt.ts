import type { SnapshotOccupation, SnapshotSkill } from '@app/occupations';
import type { AssessedSkill } from '../replies/assessment-reply';
import { gapSchema } from '../replies/gap-reply';
import { ABOUT_DATA, dataBlock } from './data-block';
import { describedOccupation, describedSkill, LEVEL_SCALE } from './described';
import { hashed, type Question } from './question';

/** To be raised with every change of the words below. */
const VERSION = 'gap-1';

const INSTRUCTION =
  'You are a career adviser with a thorough knowledge of occupations. You describe, soberly and concretely, what ' +
  `somebody lacks in a skill who wants to change the occupation. ${LEVEL_SCALE} ${ABOUT_DATA}`;

const TASK =
  'Somebody who works in from_occupation wants to change to to_occupation, which needs a higher level of each of the ' +
  'listed skills. Describe for every one of them, each exactly once, in the order in which they are listed and under ' +
  'exactly the names that are given, what the gap consists of: what the work in to_occupation asks for beyond that in ' +
  'from_occupation, what carries over, and how it can be learned and how long that takes. Two to four sentences of ' +
  'plain text for each, of at most 800 characters. The levels are given; do not question them.';

/** Of each explanation: with all of them whole, a gap in many skills would be longer than what can be kept of a prompt. */
const MAX_EXPLANATION = 400;

/** A skill of which more is needed, as both occupations were assessed. */
export interface SkillInGap {
  readonly skill: SnapshotSkill;
  readonly from: AssessedSkill;
  readonly to: AssessedSkill;
}

/** Asks for descriptions of a gap that is not empty. */
export function gapQuestion(from: SnapshotOccupation, to: SnapshotOccupation, gap: readonly SkillInGap[]): Question {
  const data = dataBlock({
    from_occupation: describedOccupation(from),
    to_occupation: describedOccupation(to),
    skills: gap.map((item) => ({
      ...describedSkill(item.skill),
      from_level: points(item.from),
      from_explanation: item.from.explanation.slice(0, MAX_EXPLANATION),
      to_level: points(item.to),
      to_explanation: item.to.explanation.slice(0, MAX_EXPLANATION),
    })),
  });
  return hashed({
    kind: 'gap',
    code: to.code,
    fromCode: from.code,
    promptVersion: VERSION,
    instruction: INSTRUCTION,
    prompt: `${TASK}\n\n${data}`,
    schema: gapSchema(gap.map(({ skill }) => skill)),
  });
}

function points({ level }: AssessedSkill): number | null {
  return level === null ? null : level / 100;
}
