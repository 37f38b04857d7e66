import { readReply } from './read-reply';
import type { ReplySchema } from './reply-schema';

const SCHEMA: ReplySchema = {
  type: 'object',
  properties: {
    levels: {
      type: 'array',
      length: 1,
      items: { type: 'object', properties: { level: { type: 'string', maxLength: 5 } } },
    },
  },
};

const reply = (value: unknown): ReturnType<typeof readReply> => readReply(JSON.stringify(value), SCHEMA);

describe('readReply', () => {
  it('reads JSON of the shape that was asked for', () => {
    expect(reply({ levels: [{ level: '3' }] })).toEqual({ value: { levels: [{ level: '3' }] } });
  });

  it.each(['', 'Sorry, I cannot.', '```json\n{"levels":[]}\n```', '{"levels":[{"level":"3"}]', '{"levels":[]} {}'])(
    'takes %j for no JSON',
    (text) => {
      expect(readReply(text, SCHEMA)).toEqual({ fault: 'The reply is no JSON.' });
    },
  );

  it.each<[string, unknown, string]>([
    ['what is no object', [], 'The reply has another shape: it must be object.'],
    ['what is missing', {}, "The reply has another shape: it must have required property 'levels'."],
    [
      'where something is wrong',
      { levels: [{ level: 3 }] },
      'The reply has another shape: /levels/0/level must be string.',
    ],
    [
      'what was not asked for',
      { levels: [{ level: '3', more: 1 }] },
      'The reply has another shape: /levels/0 must NOT have additional properties ("more").',
    ],
  ])('tells %s', (_, value, fault) => {
    expect(reply(value)).toEqual({ fault });
  });

  it('shows of an unknown name no more than its beginning, as plain text', () => {
    const name = `\u001b[31m\n${'long '.repeat(1000)}`;

    const read = reply({ levels: [{ level: '3', [name]: 1 }] });

    expect(read).toEqual({ fault: expect.stringMatching(/\("\[31m long [long ]{40,60}"\)\.$/) as string });
  });
});
