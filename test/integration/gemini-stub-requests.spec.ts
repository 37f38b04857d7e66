import { ask, assessmentSchema, bodyOf, gapSchema, objectOf } from '../support/gemini/raw-client';
import { useGeminiStub } from '../support/gemini/use-gemini-stub';

const TEXT = { type: 'string' };
const GAPS = gapSchema();

describe('The stub of Gemini', () => {
  const stub = useGeminiStub();

  /** The error of a refused request. */
  const refusal = async (body: unknown): Promise<{ message: string; details?: unknown }> => {
    const response = await ask(stub, body);
    const { error } = (await response.json()) as { error: { status: string; message: string; details?: unknown } };
    expect([response.status, error.status]).toEqual([400, 'INVALID_ARGUMENT']);
    return error;
  };

  test.each<[string, unknown, string]>([
    ['that is no JSON', 'contents', 'Invalid JSON payload received.'],
    ['that is no object', [], 'Invalid JSON payload received.'],
    ['with a field that there is not', { ...bodyOf(GAPS), prompt: 'x' }, 'Unknown name "prompt": Cannot find field.'],
    ['with a setting that there is not', bodyOf(GAPS, { temp: 0 }), 'Unknown name "temp" at \'generation_config\''],
    ['without contents', { ...bodyOf(GAPS), contents: undefined }, 'contents: contents is not specified'],
    ['with empty contents', { ...bodyOf(GAPS), contents: [] }, 'contents: contents is not specified'],
    ['without parts', { ...bodyOf(GAPS), contents: [{ role: 'user', parts: [] }] }, 'contents[0].parts:'],
    ['with an empty part', { ...bodyOf(GAPS), contents: [{ parts: [{}] }] }, 'contents[0].parts[0].data:'],
    ['with another role', { ...bodyOf(GAPS), contents: [{ role: 'system', parts: [] }] }, 'valid role: user, model'],
    ['for text', bodyOf(GAPS, { responseMimeType: 'text/plain' }), 'response_mime_type: must be application/json'],
    ['without a MIME type', bodyOf(GAPS, { responseMimeType: undefined }), 'response_mime_type: must be'],
    ['that is too hot', bodyOf(GAPS, { temperature: 2.1 }), 'temperature: must be in the range [0.0, 2.0]'],
    ['for no tokens', bodyOf(GAPS, { maxOutputTokens: 0 }), 'max_output_tokens: must be positive'],
    ['without a schema', bodyOf(undefined), 'response_schema: the stub composes replies from a schema only'],
    ['whose settings are a list', { ...bodyOf(GAPS), generationConfig: [] }, "Invalid value at 'generation_config'"],
  ])('refuses a request %s', async (_, body, message) => {
    expect((await refusal(body)).message).toContain(message);
  });

  test.each<[string, unknown, string]>([
    ['that is no object', 'object', "Invalid value at 'generation_config.response_schema'"],
    ['of an unknown type', { type: 'text' }, "'generation_config.response_schema.type' (type.googleapis.com"],
    ['of two types', { type: ['string', 'null'] }, 'Proto field is not repeating, cannot start list.'],
    ['with a text for a number', { ...TEXT, minLength: 'one' }, "'generation_config.response_schema.min_length'"],
    ['with numbers to choose from', { type: 'number', enum: [1, 2] }, "'generation_config.response_schema.enum'"],
    ['without a type', { properties: { x: TEXT } }, 'response_schema.type: must be specified'],
    ['of an empty object', objectOf({}), 'response_schema.properties: should be non-empty for OBJECT type'],
    ['of a list of nothing', objectOf({ x: { type: 'array' } }), 'properties[x].items: missing field.'],
    ['of a text with properties', { ...objectOf({ x: TEXT }), type: 'string' }, 'only allowed for OBJECT type'],
    ['of a text with items', objectOf({ x: { ...TEXT, items: TEXT } }), 'properties[x].items: only allowed for ARRAY'],
    ['with an empty choice', objectOf({ x: { ...TEXT, enum: ['a', ''] } }), 'properties[x].enum[1]: cannot be empty'],
    ['with a choice of a number', { type: 'number', enum: ['1'] }, 'enum: only allowed for STRING type'],
    ['with an unknown format', { ...TEXT, format: 'email' }, 'format: only enum and date-time are supported'],
    [
      'that requires what it lacks',
      { ...objectOf({ x: TEXT }), required: ['y'] },
      'required[0]: property is not defined',
    ],
    [
      'that orders what it lacks',
      { ...GAPS, propertyOrdering: ['y'] },
      'property_ordering[0]: property is not defined',
    ],
    ['of another reply', objectOf({ answer: TEXT }), 'the stub knows replies with assessments'],
    ['without skills', gapSchema([]), 'llm_skill_name must have an enum'],
    ['without an occupation', assessmentSchema('', ['Speaking']), 'enum[0]: cannot be empty'],
  ])('refuses a schema %s', async (_, schema, message) => {
    expect((await refusal(bodyOf(schema))).message).toContain(message);
  });

  test('refuses an assessment of more occupations than one', async () => {
    const schema = JSON.parse(JSON.stringify(assessmentSchema()).replace('["15-1252.00"]', '["1","2"]')) as unknown;

    expect((await refusal(bodyOf(schema))).message).toContain('llm_onet_soc_code must have an enum of one code');
  });

  test('says where every unknown keyword stands', async () => {
    const items = { ...objectOf({ a: TEXT, b: { ...TEXT, const: 'x' } }), additionalProperties: false };
    const schema = { ...objectOf({ list: { type: 'array', items } }), $schema: 'x' };

    const { message, details } = await refusal(bodyOf(schema));

    const place = 'generation_config.response_schema.properties[0].value.items';
    expect(message.split('\n')).toEqual([
      `Invalid JSON payload received. Unknown name "const" at '${place}.properties[1].value': Cannot find field.`,
      `Invalid JSON payload received. Unknown name "additionalProperties" at '${place}': Cannot find field.`,
      'Invalid JSON payload received. Unknown name "$schema" at \'generation_config.response_schema\': Cannot find field.',
    ]);
    expect(details).toEqual([
      {
        '@type': 'type.googleapis.com/google.rpc.BadRequest',
        fieldViolations: message.split('\n').map((description) => ({
          field: / at '([^']+)'/.exec(description)?.[1],
          description,
        })),
      },
    ]);
  });

  test('takes what the package of Google sends along', async () => {
    const body = { ...bodyOf(GAPS, { topP: 1, candidateCount: 1, maxOutputTokens: 9000 }), safetySettings: [] };

    expect((await ask(stub, body)).status).toBe(200);
  });
});
