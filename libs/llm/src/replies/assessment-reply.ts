import type { SnapshotSkill } from '@app/occupations';
import { plainText } from './plain-text';
import { readReply, type ReadReply } from './read-reply';
import type { ReplySchema } from './reply-schema';

/** Words for a level, from the lowest to the highest. */
export const PROFICIENCIES = ['Not needed', 'Novice', 'Beginner', 'Intermediate', 'Advanced', 'Expert'] as const;
export type Proficiency = (typeof PROFICIENCIES)[number];

/** The word for level 0, and for no other. */
const NOT_NEEDED: Proficiency = 'Not needed';

const MAX_LEVEL = 7;
const MAX_EXPLANATION = 1000;
const MAX_NAME = 300;

/** One skill of an occupation, as the LLM sees it. */
export interface AssessedSkill {
  readonly elementId: string;
  /** Level in hundredths of the LV scale (0-700); null where the LLM cannot say. */
  readonly level: number | null;
  readonly proficiency: Proficiency;
  /** Plain text, never empty. */
  readonly explanation: string;
}

/** The reply's own form. */
interface AssessmentReply {
  readonly skill_proficiency_assessment: {
    readonly assessed_skills: readonly {
      readonly llm_skill_name: string;
      readonly llm_assigned_proficiency_description: Proficiency;
      readonly llm_assigned_proficiency_level: number | null;
      readonly llm_explanation: string;
    }[];
  };
}

/** What an assessment must look like. */
export function assessmentSchema(code: string, skills: readonly SnapshotSkill[]): ReplySchema {
  return {
    type: 'object',
    properties: {
      skill_proficiency_assessment: {
        type: 'object',
        properties: {
          llm_onet_soc_code: { type: 'string', enum: [code] },
          llm_occupation_name: { type: 'string', maxLength: MAX_NAME },
          assessed_skills: {
            type: 'array',
            length: skills.length,
            items: {
              type: 'object',
              properties: {
                llm_skill_name: { type: 'string', enum: skills.map(({ name }) => name) },
                llm_assigned_proficiency_description: { type: 'string', enum: PROFICIENCIES },
                llm_assigned_proficiency_level: {
                  type: 'number',
                  nullable: true,
                  minimum: 0,
                  maximum: MAX_LEVEL,
                  description: 'Level on the 0-7 scale; 0 where the skill is not needed, null where you cannot say.',
                },
                llm_explanation: {
                  type: 'string',
                  maxLength: MAX_EXPLANATION,
                  description: 'Why this level: one to three sentences.',
                },
              },
            },
          },
        },
      },
    },
  };
}

/** Reads an assessment: every skill exactly once, in the order of the skills. */
export function readAssessment(
  text: string,
  schema: ReplySchema,
  skills: readonly SnapshotSkill[],
): ReadReply<readonly AssessedSkill[]> {
  const read = readReply(text, schema);
  if ('fault' in read) return read;
  // the schema has been checked
  const items = (read.value as AssessmentReply).skill_proficiency_assessment.assessed_skills;
  const byName = new Map(items.map((item) => [item.llm_skill_name, item]));
  const assessed: AssessedSkill[] = [];
  for (const { elementId, name } of skills) {
    const item = byName.get(name);
    // as many items as skills, and none but skills: where one is missing, another is there twice
    if (item === undefined) return { fault: `The skill "${name}" is missing, and another is assessed twice.` };
    const proficiency = item.llm_assigned_proficiency_description;
    const level = item.llm_assigned_proficiency_level;
    const hundredths = level === null ? null : Math.round(level * 100);
    if (hundredths !== null && (hundredths === 0) !== (proficiency === NOT_NEEDED)) {
      return { fault: `The skill "${name}" has the level ${String(level)}, which "${proficiency}" contradicts.` };
    }
    const explanation = plainText(item.llm_explanation);
    if (explanation === '') return { fault: `The explanation of the skill "${name}" is empty.` };
    assessed.push({ elementId, level: hundredths, proficiency, explanation });
  }
  return { value: assessed };
}
