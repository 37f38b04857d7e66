import { isObject, type JsonObject } from './json';
import { KINDS } from './request-log';

/** Makes another reply of the usual one. */
export type ReplyChange = (reply: object) => unknown;

/** Leaves out a skill, by default the first. */
export function missingSkill(name?: string): ReplyChange {
  return changeOfItems((items) => {
    const left = items.filter((item, index) => (name === undefined ? index > 0 : item['llm_skill_name'] !== name));
    if (left.length === items.length) throw new Error(`The reply has no skill ${name ?? 'at all'}`);
    return left;
  });
}

/** Adds a skill that was not asked for. */
export function inventedSkill(name: string): ReplyChange {
  return changeOfItems((items) => [...items, { ...items[0], llm_skill_name: name }]);
}

/** Says the same of the first skill twice. */
export const duplicateSkill: ReplyChange = changeOfItems((items) => [...items.slice(0, 1), ...items]);

/** Puts the level of the first skill out of range, or wherever else. */
export function levelOutOfRange(value: number): ReplyChange {
  return changeOfFirst(() => ({ llm_assigned_proficiency_level: value }));
}

/** Gives the level of the first skill as a string. */
export const levelAsText: ReplyChange = changeOfFirst((item) => ({
  llm_assigned_proficiency_level: String(item['llm_assigned_proficiency_level']),
}));

/** Speaks of an occupation that was not asked for. */
export const wrongCode: ReplyChange = (reply) => {
  const assessment = (reply as JsonObject)[KINDS.assessment];
  if (!isObject(assessment)) throw new Error('The reply is no assessment');
  return { ...reply, [KINDS.assessment]: { ...assessment, llm_onet_soc_code: '99-9999.99' } };
};

/** Says more of the first skill than the schema has room for. */
export const extraProperty: ReplyChange = changeOfFirst(() => ({ llm_confidence: 'high' }));

/** Explains the first skill, or describes its gap, in so many characters. */
export function longExplanation(characters: number): ReplyChange {
  const text = 'At length. '.repeat(Math.ceil(characters / 11)).slice(0, characters);
  return changeOfFirst((item) =>
    'llm_gap_description' in item ? { llm_gap_description: text } : { llm_explanation: text },
  );
}

/** Cannot say how much a skill is needed. */
export function nullLevel(name: string): ReplyChange {
  return changeOfItems((items) => {
    if (!items.some((item) => item['llm_skill_name'] === name)) throw new Error(`The reply has no skill ${name}`);
    return items.map((item) =>
      item['llm_skill_name'] === name ? { ...item, llm_assigned_proficiency_level: null } : item,
    );
  });
}

/** Calls for an expert at level 0 of the first skill. */
export const descriptionContradictingLevel: ReplyChange = changeOfFirst(() => ({
  llm_assigned_proficiency_level: 0,
  llm_assigned_proficiency_description: 'Expert',
}));

function changeOfFirst(change: (item: JsonObject) => JsonObject): ReplyChange {
  return changeOfItems(([first = {}, ...others]) => [{ ...first, ...change(first) }, ...others]);
}

/** A change of the skills of an assessment, or of the gaps of the other reply. */
function changeOfItems(change: (items: readonly JsonObject[]) => readonly JsonObject[]): ReplyChange {
  return (reply) => {
    const { [KINDS.assessment]: assessment, [KINDS.gap]: gaps } = reply as JsonObject;
    if (Array.isArray(gaps)) return { ...reply, [KINDS.gap]: change(gaps as JsonObject[]) };
    if (!isObject(assessment)) throw new Error('The reply is neither an assessment nor gap descriptions');
    const skills = change(assessment['assessed_skills'] as JsonObject[]);
    return { ...reply, [KINDS.assessment]: { ...assessment, assessed_skills: skills } };
  };
}
