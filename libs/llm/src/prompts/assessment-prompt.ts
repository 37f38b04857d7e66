import type { SnapshotOccupation, SnapshotSkill } from '@app/occupations';
import { assessmentSchema } from '../replies/assessment-reply';
import { ABOUT_DATA, dataBlock } from './data-block';
import { describedOccupation, describedSkill, LEVEL_SCALE } from './described';
import { hashed, type Question } from './question';

/** To be raised with every change of the words below. */
const VERSION = 'assessment-1';

const INSTRUCTION =
  'You are an occupational analyst. You rate, as trained analysts of O*NET do, which level of each skill an occupation ' +
  `needs for competent performance, and say why. ${LEVEL_SCALE} ${ABOUT_DATA}`;

const TASK =
  'Assess the occupation in the data on every one of the listed skills, each exactly once, in the order in which they ' +
  'are listed and under exactly the names that are given. For each skill give the level that the occupation needs, the ' +
  'word for that level, and an explanation of one to three sentences, of at most 600 characters, in plain text, that ' +
  'speaks of the work of this occupation. A skill that the occupation does not need has level 0 and the word "Not ' +
  'needed". Where you cannot say, give null as the level. Judge from the work itself, not from how often skills are ' +
  'named in job advertisements.';

const CONTEXT_TASK =
  'Somebody who works in from_occupation wants to change to this occupation. The levels that the occupation needs do ' +
  'not depend on that; but say in each explanation, in addition, how much of the skill carries over from ' +
  'from_occupation, and how steep the learning curve is.';

/**
 * Asks for the levels that an occupation needs.
 *
 * @param skills in element order
 * @param from an occupation in whose light the explanations are to be; levels are to be the same without it
 */
export function assessmentQuestion(
  occupation: SnapshotOccupation,
  skills: readonly SnapshotSkill[],
  from: SnapshotOccupation | null = null,
): Question {
  const data = dataBlock({
    occupation: describedOccupation(occupation),
    ...(from === null ? {} : { from_occupation: describedOccupation(from) }),
    skills: skills.map(describedSkill),
  });
  return hashed({
    kind: 'assessment',
    code: occupation.code,
    fromCode: from?.code ?? null,
    promptVersion: VERSION,
    instruction: INSTRUCTION,
    prompt: [TASK, ...(from === null ? [] : [CONTEXT_TASK]), data].join('\n\n'),
    schema: assessmentSchema(occupation.code, skills),
  });
}
