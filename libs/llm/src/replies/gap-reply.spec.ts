import { PROGRAMMING, READING } from '../../../../test/support/snapshots';
import { gapSchema, readGapDescriptions } from './gap-reply';

const SKILLS = [PROGRAMMING, READING];
const SCHEMA = gapSchema(SKILLS);

const gap = (name: string, text: string): object => ({ llm_skill_name: name, llm_gap_description: text });

const read = (items: readonly object[]): ReturnType<typeof readGapDescriptions> =>
  readGapDescriptions(JSON.stringify({ skill_gap_descriptions: items }), SCHEMA, SKILLS);

const OTHER = gap(READING.name, 'Read more.');

describe('readGapDescriptions', () => {
  it('finds the skills by their names, in the order of the gap', () => {
    const { value } = read([OTHER, gap(PROGRAMMING.name, 'Code\nmore.')]) as { value: ReadonlyMap<string, string> };

    expect([...value]).toEqual([
      [PROGRAMMING.elementId, 'Code more.'],
      [READING.elementId, 'Read more.'],
    ]);
  });

  it.each<[string, readonly object[], RegExp]>([
    ['a missing skill', [OTHER], /must NOT have fewer than 2 items/],
    ['one skill twice', [OTHER, OTHER], /"Programming" is missing, and another is described twice/],
    ['a skill that is not in the gap', [OTHER, gap('Installation', 'x')], /must be equal to one of/],
    ['too long a text', [OTHER, gap(PROGRAMMING.name, 'x'.repeat(1501))], /more than 1500 char/],
    ['a text that nobody sees', [OTHER, gap(PROGRAMMING.name, '\u200b')], /description of .* is empty/],
    ['a level that was not asked for', [OTHER, { ...gap(PROGRAMMING.name, 'x'), level: 7 }], /additional properties/],
  ])('takes nothing of a reply with %s', (_, items, fault) => {
    expect(read(items)).toEqual({ fault: expect.stringMatching(fault) as string });
  });
});
