import type { GeminiStub } from './gemini-stub';
import type { JsonObject } from './json';

export const CODE = '15-1252.00';
export const SKILLS = ['Programming', 'Critical Thinking', 'Repairing'] as const;

const TEXT = { type: 'string' };

/** The schema of an assessment in the lower case of Google's package. */
export function assessmentSchema(code: string = CODE, skills: readonly string[] = SKILLS): JsonObject {
  return objectOf({
    skill_proficiency_assessment: objectOf({
      llm_onet_soc_code: { ...TEXT, format: 'enum', enum: [code] },
      llm_occupation_name: TEXT,
      assessed_skills: {
        type: 'array',
        minItems: skills.length,
        maxItems: skills.length,
        items: objectOf({
          llm_skill_name: { ...TEXT, format: 'enum', enum: skills },
          llm_assigned_proficiency_description: TEXT,
          llm_assigned_proficiency_level: { type: 'number', nullable: true, minimum: 0, maximum: 7 },
          llm_explanation: TEXT,
        }),
      },
    }),
  });
}

export function gapSchema(skills: readonly string[] = SKILLS): JsonObject {
  return objectOf({
    skill_gap_descriptions: {
      type: 'array',
      items: objectOf({ llm_skill_name: { ...TEXT, enum: skills }, llm_gap_description: TEXT }),
    },
  });
}

export function objectOf(properties: JsonObject): JsonObject {
  return { type: 'object', properties, required: Object.keys(properties) };
}

/** A whole request, with what a test wants to be different in its configuration. */
export function bodyOf(schema: unknown, config: JsonObject = {}): JsonObject {
  return {
    contents: [{ role: 'user', parts: [{ text: 'How much of each skill' }, { text: 'does it need?' }] }],
    systemInstruction: { role: 'system', parts: [{ text: 'Answer in JSON.' }] },
    generationConfig: { temperature: 0, responseMimeType: 'application/json', responseSchema: schema, ...config },
  };
}

interface How {
  readonly model?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** @param body text is sent as it is */
export function ask(stub: GeminiStub, body: unknown = bodyOf(assessmentSchema()), how: How = {}): Promise<Response> {
  const { model = 'gemini-flash-latest', headers = { 'x-goog-api-key': stub.key }, signal = null } = how;
  return fetch(`${stub.url}/v1beta/models/${model}:generateContent`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    signal,
  });
}

export interface Generated {
  readonly candidates?: readonly {
    readonly content?: { readonly parts: readonly { readonly text: string }[]; readonly role: string };
    readonly finishReason: string;
    readonly index: number;
  }[];
  readonly promptFeedback?: unknown;
  readonly usageMetadata?: Readonly<Record<string, number>>;
  readonly modelVersion: string;
  readonly responseId: string;
}

export interface AssessedSkill {
  readonly llm_skill_name: string;
  readonly llm_assigned_proficiency_description: string | null;
  readonly llm_assigned_proficiency_level: number | null;
  readonly llm_explanation: string;
}

export interface AssessmentReply {
  readonly skill_proficiency_assessment: {
    readonly llm_onet_soc_code: string;
    readonly llm_occupation_name: string;
    readonly assessed_skills: readonly AssessedSkill[];
  };
}

/** What was generated; fails for any status but 200. */
export async function generated(response: Response): Promise<Generated> {
  if (response.status !== 200) throw new Error(`Status ${response.status}: ${await response.text()}`);
  return (await response.json()) as Generated;
}

/** The text of the only candidate. */
export async function textOf(response: Response): Promise<string> {
  return (await generated(response)).candidates?.[0]?.content?.parts[0]?.text ?? '';
}

/** The reply to a request for an assessment, with the usual schema unless another is given. */
export async function assessment(stub: GeminiStub, schema = assessmentSchema()): Promise<AssessmentReply> {
  return JSON.parse(await textOf(await ask(stub, bodyOf(schema)))) as AssessmentReply;
}

export async function assessedSkills(stub: GeminiStub): Promise<readonly AssessedSkill[]> {
  return (await assessment(stub)).skill_proficiency_assessment.assessed_skills;
}
