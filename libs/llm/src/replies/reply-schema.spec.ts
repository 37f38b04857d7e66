import { Ajv } from 'ajv';
import { toJsonSchema, type ReplySchema } from './reply-schema';

const SCHEMA: ReplySchema = {
  type: 'object',
  properties: {
    word: { type: 'string', enum: ['one', 'two'] },
    text: { type: 'string', maxLength: 5 },
    levels: {
      type: 'array',
      length: 2,
      items: { type: 'number', nullable: true, minimum: 0, maximum: 7, description: 'A level.' },
    },
    count: { type: 'number', nullable: false, minimum: 1, maximum: 3, description: 'A count.' },
  },
};
const VALID = { word: 'one', text: 'text', levels: [0, null], count: 1 };

describe('The JSON schema of a reply', () => {
  const isValid = new Ajv({ allowUnionTypes: true }).compile(toJsonSchema(SCHEMA));

  it.each([
    ['all properties', VALID],
    ['both ends of a range', { ...VALID, levels: [0, 7] }],
    ['as long a text as may be', { ...VALID, text: '12345' }],
  ])('takes %s', (_, reply) => {
    expect(isValid(reply)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['a property is missing', { ...VALID, word: undefined }],
    ['there is another property', { ...VALID, more: 1 }],
    ['there is a property that objects inherit', JSON.parse('{"__proto__": 1}')],
    ['a word is none of those there are', { ...VALID, word: 'three' }],
    ['a text is too long', { ...VALID, text: '123456' }],
    ['a text is empty', { ...VALID, text: '' }],
    ['a text is null', { ...VALID, text: null }],
    ['a list is too short', { ...VALID, levels: [0] }],
    ['a list is too long', { ...VALID, levels: [0, 1, 2] }],
    ['a level is too low', { ...VALID, levels: [0, -0.01] }],
    ['a level is too high', { ...VALID, levels: [0, 7.01] }],
    ['a level is a text', { ...VALID, levels: [0, '3'] }],
    ['a count is null', { ...VALID, count: null }],
    ['it is a list', [VALID]],
    ['it is null', null],
  ])('takes nothing where %s', (_, reply) => {
    expect(isValid(structuredClone(reply))).toBe(false);
  });
});
