import { InvalidArgument } from './google-errors';
import { descriptionOf } from './levels';
import type { SeenRequest } from './request-log';
import type { ResponseSchema } from './response-schema';

type Level = number | null;

/** Values of the properties that are known by their names; all others get one that their schema allows. */
type Known = Readonly<Record<string, (schema: ResponseSchema) => unknown>>;

const FIELD = 'generation_config.response_schema';

/**
 * The reply that a schema asks for.
 *
 * @param levelOf what an occupation is said to need of a skill
 * @throws InvalidArgument where the schema is not that of a known reply
 */
export function composeReply(
  { kind, code, skills }: SeenRequest,
  schema: ResponseSchema,
  levelOf: (code: string, skillName: string) => Level,
): object {
  if (kind === null) throw refusal('the stub knows replies with assessments and with gap descriptions only');
  if (kind === 'assessment' && code === null) throw refusal('llm_onet_soc_code must have an enum of one code');
  if (skills.length === 0) throw refusal('llm_skill_name must have an enum of skill names');
  const known =
    kind === 'gap' || code === null
      ? knownOfGap(skills)
      : knownOfAssessment(code, skills, (name) => levelOf(code, name));
  return compose(schema, known) as object;
}

function refusal(description: string): InvalidArgument {
  return InvalidArgument.request([{ field: FIELD, description }]);
}

function knownOfAssessment(code: string, skills: readonly string[], levelOf: (skillName: string) => Level): Known {
  return {
    llm_onet_soc_code: () => code,
    llm_occupation_name: (schema) => schema.enum?.[0] ?? `Occupation ${code}`,
    assessed_skills: eachOf(skills, (skill) => {
      const level = levelOf(skill);
      return {
        llm_skill_name: () => skill,
        llm_assigned_proficiency_description: ({ nullable }) => descriptionFor(level, nullable === true),
        llm_assigned_proficiency_level: (schema) => levelIn(schema, level),
        llm_explanation: () => explanation(skill, code, level),
      };
    }),
  };
}

function knownOfGap(skills: readonly string[]): Known {
  return {
    skill_gap_descriptions: eachOf(skills, (skill) => ({
      llm_skill_name: () => skill,
      llm_gap_description: () => `The gap in ${skill} can be closed by practice under supervision.`,
    })),
  };
}

function eachOf(skills: readonly string[], knownOf: (skill: string) => Known): Known[string] {
  return ({ items }) => (items === undefined ? [] : skills.map((skill) => compose(items, knownOf(skill))));
}

function descriptionFor(level: Level, nullable: boolean): string | null {
  if (level !== null) return descriptionOf(level);
  // "Not needed" would say more than the level does
  return nullable ? null : 'Novice';
}

function explanation(skill: string, code: string, level: Level): string {
  return level === null
    ? `How much ${skill} the occupation ${code} needs cannot be said.`
    : `The occupation ${code} needs ${skill} at level ${level}.`;
}

/** A level in the type that the schema gives it; a test may want one that the schema rules out. */
function levelIn({ type }: ResponseSchema, level: Level): unknown {
  if (level === null) return null;
  if (type === 'STRING') return String(level);
  return type === 'INTEGER' ? Math.round(level) : level;
}

function compose(schema: ResponseSchema, known: Known): unknown {
  switch (schema.type) {
    case 'OBJECT': {
      const properties = schema.properties ?? {};
      // those that the ordering leaves out come last
      const names = new Set([...(schema.propertyOrdering ?? []), ...Object.keys(properties)]);
      return Object.fromEntries(
        [...names].flatMap((name) => {
          const property = properties[name];
          if (property === undefined) return [];
          const value = known[name];
          return [[name, value === undefined ? compose(property, known) : value(property)]];
        }),
      );
    }
    case 'ARRAY': {
      const { items, minItems = 0 } = schema;
      return items === undefined ? [] : Array.from({ length: minItems }, () => compose(items, known));
    }
    case 'STRING':
      return schema.enum?.[0] ?? 'text';
    case 'NUMBER':
    case 'INTEGER':
      return Math.min(Math.max(0, schema.minimum ?? 0), schema.maximum ?? Infinity);
    case 'BOOLEAN':
      return false;
  }
}
