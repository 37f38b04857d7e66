import type { SnapshotSkill } from '@app/occupations';
import { plainText } from './plain-text';
import { readReply, type ReadReply } from './read-reply';
import type { ReplySchema } from './reply-schema';

const MAX_DESCRIPTION = 1500;

interface GapReply {
  readonly skill_gap_descriptions: readonly {
    readonly llm_skill_name: string;
    readonly llm_gap_description: string;
  }[];
}

/** What descriptions of a gap must look like. */
export function gapSchema(skills: readonly SnapshotSkill[]): ReplySchema {
  return {
    type: 'object',
    properties: {
      skill_gap_descriptions: {
        type: 'array',
        length: skills.length,
        items: {
          type: 'object',
          properties: {
            llm_skill_name: { type: 'string', enum: skills.map(({ name }) => name) },
            llm_gap_description: {
              type: 'string',
              maxLength: MAX_DESCRIPTION,
              description: 'What is lacking, what carries over, and how it can be learned: two to four sentences.',
            },
          },
        },
      },
    },
  };
}

/** Reads descriptions of a gap: one for every skill of it, by element id. */
export function readGapDescriptions(
  text: string,
  schema: ReplySchema,
  skills: readonly SnapshotSkill[],
): ReadReply<ReadonlyMap<string, string>> {
  const read = readReply(text, schema);
  if ('fault' in read) return read;
  // the schema has been checked
  const items = (read.value as GapReply).skill_gap_descriptions;
  const byName = new Map(items.map((item) => [item.llm_skill_name, plainText(item.llm_gap_description)]));
  const descriptions = new Map<string, string>();
  for (const { elementId, name } of skills) {
    const description = byName.get(name);
    // as many items as skills, and none but skills: where one is missing, another is there twice
    if (description === undefined) return { fault: `The skill "${name}" is missing, and another is described twice.` };
    if (description === '') return { fault: `The description of the skill "${name}" is empty.` };
    descriptions.set(elementId, description);
  }
  return { value: descriptions };
}
