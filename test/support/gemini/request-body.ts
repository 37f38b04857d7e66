import { type FieldViolation, InvalidArgument } from './google-errors';
import { at, isObject, type JsonObject } from './json';
import { parseResponseSchema, type ResponseSchema, snakeCase, unknownName } from './response-schema';

const FIELDS = [
  'model',
  'contents',
  'systemInstruction',
  'generationConfig',
  'safetySettings',
  'tools',
  'toolConfig',
  'cachedContent',
];
const CONFIG_FIELDS = [
  'temperature',
  'topP',
  'topK',
  'seed',
  'candidateCount',
  'maxOutputTokens',
  'stopSequences',
  'responseMimeType',
  'responseSchema',
  'presencePenalty',
  'frequencyPenalty',
  'thinkingConfig',
];
const ROLES = ['user', 'model'];
const JSON_MIME_TYPE = 'application/json';
const MAX_TEMPERATURE = 2;

/** What a reply depends on. */
export interface GenerateContentRequest {
  readonly schema: ResponseSchema;
  /** Undefined where the reply may be as long as it likes. */
  readonly maxOutputTokens: number | undefined;
}

/** @throws InvalidArgument for what Gemini refuses, and for a request without a schema */
export function parseBody(body: unknown): GenerateContentRequest {
  if (!isObject(body)) {
    throw InvalidArgument.payload([
      { field: '', description: 'Invalid JSON payload received. An object is expected.' },
    ]);
  }
  const config = body['generationConfig'] ?? {};
  if (!isObject(config)) {
    const description = "Invalid value at 'generation_config' (an object is expected)";
    throw InvalidArgument.payload([{ field: 'generation_config', description }]);
  }
  const unknown = [...unknownFields(body, FIELDS, ''), ...unknownFields(config, CONFIG_FIELDS, 'generation_config')];
  if (unknown.length > 0) throw InvalidArgument.payload(unknown);
  const violations = [...contentViolations(body['contents']), ...configViolations(config)];
  if (violations.length > 0) throw InvalidArgument.request(violations);
  const schema = parseResponseSchema(config['responseSchema'], 'generation_config.response_schema');
  return { schema, maxOutputTokens: config['maxOutputTokens'] as number | undefined };
}

/** All text parts of a request, that of the system first; of any body, valid or not. */
export function promptOf(body: unknown): string {
  const contents = at(body, 'contents');
  return [at(body, 'systemInstruction'), ...(Array.isArray(contents) ? (contents as unknown[]) : [])]
    .flatMap((content) => at(content, 'parts') ?? [])
    .map((part) => at(part, 'text'))
    .filter((text) => typeof text === 'string')
    .join('\n');
}

function unknownFields(value: JsonObject, known: readonly string[], field: string): FieldViolation[] {
  return Object.keys(value)
    .filter((name) => !known.includes(name))
    .map((name) => ({ field, description: unknownName(name, field, 'Cannot find field.') }));
}

function contentViolations(contents: unknown): FieldViolation[] {
  if (!Array.isArray(contents) || contents.length === 0) {
    return [{ field: 'contents', description: 'contents is not specified' }];
  }
  return contents.flatMap((content: unknown, index) => {
    const field = `contents[${index}]`;
    const role = at(content, 'role');
    const parts = at(content, 'parts');
    if (role !== undefined && !ROLES.some((known) => known === role)) {
      return [{ field: `${field}.role`, description: `Please use a valid role: ${ROLES.join(', ')}.` }];
    }
    if (!Array.isArray(parts) || parts.length === 0) {
      return [{ field: `${field}.parts`, description: 'contents.parts must not be empty.' }];
    }
    return parts.flatMap((part: unknown, place) =>
      typeof at(part, 'text') === 'string'
        ? []
        : [{ field: `${field}.parts[${place}].data`, description: 'must have one initialized field' }],
    );
  });
}

function configViolations(config: JsonObject): FieldViolation[] {
  const { responseSchema, responseMimeType, temperature, maxOutputTokens } = config;
  const found: FieldViolation[] = [];
  const add = (name: string, description: string): void => {
    found.push({ field: `generation_config.${snakeCase(name)}`, description });
  };
  if (responseSchema === undefined) add('responseSchema', 'the stub composes replies from a schema only');
  if (responseMimeType !== JSON_MIME_TYPE) add('responseMimeType', `must be ${JSON_MIME_TYPE} where there is a schema`);
  if (temperature !== undefined && !isTemperature(temperature)) {
    add('temperature', `must be in the range [0.0, ${MAX_TEMPERATURE}.0]`);
  }
  if (maxOutputTokens !== undefined && !(Number.isInteger(maxOutputTokens) && Number(maxOutputTokens) > 0)) {
    add('maxOutputTokens', 'must be positive');
  }
  return found;
}

function isTemperature(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= MAX_TEMPERATURE;
}
