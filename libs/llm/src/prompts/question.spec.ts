import { soc } from '../../../../test/support/snapshots';
import { hashed, type Question } from './question';

const GIVEN: Omit<Question, 'hash'> = {
  kind: 'assessment',
  code: soc('15-1252.00'),
  fromCode: null,
  promptVersion: 'test-1',
  instruction: 'Be brief.',
  prompt: 'How much?',
  schema: { type: 'string', enum: ['much', 'little'] },
};
const { hash } = hashed(GIVEN);

describe('The hash of a question', () => {
  it('is a SHA-256 in hex, always the same for the same question', () => {
    expect(hash).toMatch(/^[\da-f]{64}$/);
    expect(hashed(structuredClone(GIVEN)).hash).toBe(hash);
  });

  it.each<[string, Partial<Question>]>([
    ['instruction', { instruction: 'Be verbose.' }],
    ['prompt', { prompt: 'How much? ' }],
    ['schema', { schema: { type: 'string', enum: ['much'] } }],
    ['place of a line between instruction and prompt', { instruction: 'Be brief.How', prompt: ' much?' }],
  ])('is another one for another %s', (_, change) => {
    expect(hashed({ ...GIVEN, ...change }).hash).not.toBe(hash);
  });

  it('does not tell apart what the model is not told', () => {
    expect(hashed({ ...GIVEN, promptVersion: 'test-2' }).hash).toBe(hash);
  });
});
