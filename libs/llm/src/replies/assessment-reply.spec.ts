import fc from 'fast-check';
import { SKILLS } from '../../../../test/support/snapshots';
import { assessmentSchema, PROFICIENCIES, readAssessment } from './assessment-reply';

const CODE = '15-1252.00';
const SCHEMA = assessmentSchema(CODE, SKILLS);
const [READING, INSTALLATION, PROGRAMMING] = SKILLS.map(({ name }) => name);

type Item = Readonly<Record<string, unknown>>;

function item(name: unknown, changes: Item = {}): Item {
  return {
    llm_skill_name: name,
    llm_assigned_proficiency_description: 'Advanced',
    llm_assigned_proficiency_level: 4.5,
    llm_explanation: `Why ${String(name)} is needed.`,
    ...changes,
  };
}

const USUAL = [item(READING), item(INSTALLATION), item(PROGRAMMING)];

function read(items: readonly unknown[], changes: Item = {}): ReturnType<typeof readAssessment> {
  const assessment = {
    llm_onet_soc_code: CODE,
    llm_occupation_name: 'Software Developers',
    assessed_skills: items,
    ...changes,
  };
  return readAssessment(JSON.stringify({ skill_proficiency_assessment: assessment }), SCHEMA, SKILLS);
}

/** With something else in place of the first skill. */
const withFirst = (changes: Item): ReturnType<typeof read> => read([item(READING, changes), ...USUAL.slice(1)]);

describe('readAssessment', () => {
  it('finds every skill by its name, and puts them in element order', () => {
    expect(read([item(PROGRAMMING), item(READING), item(INSTALLATION)])).toEqual({
      value: SKILLS.map(({ elementId, name }) => ({
        elementId,
        level: 450,
        proficiency: 'Advanced',
        explanation: `Why ${name} is needed.`,
      })),
    });
  });

  it.each([
    [1.005, 100],
    [0.07, 7],
    [2.499, 250],
    [7, 700],
    [0.29, 29],
    [0.57, 57],
  ])('takes the level %d as %d hundredths', (level, hundredths) => {
    expect(withFirst({ llm_assigned_proficiency_level: level })).toMatchObject({
      value: [{ level: hundredths }, {}, {}],
    });
  });

  it('takes every level of two decimals as it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 700 }), (hundredths) => {
        const level = Number((hundredths / 100).toFixed(2));
        expect(withFirst({ llm_assigned_proficiency_level: level })).toMatchObject({
          value: [{ level: hundredths }, {}, {}],
        });
      }),
    );
  });

  it.each(PROFICIENCIES)('takes "cannot say" as no level, whichever word goes with it: %s', (word) => {
    const changes = { llm_assigned_proficiency_level: null, llm_assigned_proficiency_description: word };
    expect(withFirst(changes)).toMatchObject({ value: [{ level: null, proficiency: word }, {}, {}] });
  });

  it('takes level 0 as not needed', () => {
    const changes = { llm_assigned_proficiency_level: 0, llm_assigned_proficiency_description: 'Not needed' };
    expect(withFirst(changes)).toMatchObject({ value: [{ level: 0, proficiency: 'Not needed' }, {}, {}] });
  });

  it('makes plain text of explanations', () => {
    expect(withFirst({ llm_explanation: ' Needed\u0000,\n\n always\u202e. ' })).toMatchObject({
      value: [{ explanation: 'Needed , always .' }, {}, {}],
    });
  });

  it.each<[string, Item, RegExp]>([
    ['a level above 7', { llm_assigned_proficiency_level: 7.01 }, /level must be <= 7/],
    ['a level below 0', { llm_assigned_proficiency_level: -0.5 }, /level must be >= 0/],
    ['a level in words', { llm_assigned_proficiency_level: '3' }, /level must be number,null/],
    ['an unknown word', { llm_assigned_proficiency_description: 'Wizard' }, /must be equal to one of/],
    ['a word of another case', { llm_assigned_proficiency_description: 'expert' }, /must be equal to one of/],
    ['level 0 and an expert', { llm_assigned_proficiency_level: 0 }, /level 0, which "Advanced" contradicts/],
    [
      'a level above 0 that is not needed',
      { llm_assigned_proficiency_description: 'Not needed' },
      /level 4.5, which "Not needed" contradicts/,
    ],
    ['no explanation', { llm_explanation: '' }, /must NOT have fewer than 1 char/],
    ['an explanation that nobody sees', { llm_explanation: '\u200b\n' }, /explanation of .* is empty/],
    ['too long an explanation', { llm_explanation: 'x'.repeat(1001) }, /must NOT have more than 1000 char/],
    ['more than was asked for', { llm_confidence: 1 }, /additional properties \("llm_confidence"\)/],
    ['an invented skill', { llm_skill_name: 'Juggling' }, /must be equal to one of/],
    ['a skill in another case', { llm_skill_name: 'programming' }, /must be equal to one of/],
    ['a skill twice, in place of another', { llm_skill_name: PROGRAMMING }, /"Reading Comprehension" is missing, and/],
  ])('takes nothing of a reply with %s', (_, changes, fault) => {
    expect(withFirst(changes)).toEqual({ fault: expect.stringMatching(fault) as string });
  });

  it.each<[string, readonly unknown[]]>([
    ['too few skills', USUAL.slice(1)],
    ['too many', [...USUAL, item(PROGRAMMING)]],
    ['none', []],
  ])('takes nothing of a reply with %s', (_, items) => {
    expect(read(items)).toHaveProperty('fault');
  });

  it('takes nothing of a reply about another occupation', () => {
    expect(read(USUAL, { llm_onet_soc_code: '15-2051.00' })).toHaveProperty('fault');
  });

  it('lets the model call the occupation what it wants', () => {
    expect(read(USUAL, { llm_occupation_name: 'Coders' })).toHaveProperty('value');
  });
});
