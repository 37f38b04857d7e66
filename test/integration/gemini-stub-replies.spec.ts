import {
  ask,
  assessedSkills,
  assessment,
  assessmentSchema,
  bodyOf,
  CODE,
  gapSchema,
  SKILLS,
  textOf,
} from '../support/gemini/raw-client';
import {
  descriptionContradictingLevel,
  duplicateSkill,
  extraProperty,
  inventedSkill,
  levelAsText,
  levelOutOfRange,
  longExplanation,
  missingSkill,
  nullLevel,
  type ReplyChange,
  wrongCode,
} from '../support/gemini/reply-changes';
import { useGeminiStub } from '../support/gemini/use-gemini-stub';

describe('The stub of Gemini, told to reply otherwise,', () => {
  const stub = useGeminiStub();

  const changed = async (change: ReplyChange): ReturnType<typeof assessedSkills> => {
    stub.failNext({ kind: 'reply', change });
    return assessedSkills(stub);
  };
  const names = async (change: ReplyChange): Promise<string[]> =>
    (await changed(change)).map((skill) => skill.llm_skill_name);

  test('leaves skills out, invents them and repeats them', async () => {
    expect(await names(missingSkill())).toEqual(SKILLS.slice(1));
    expect(await names(missingSkill('Critical Thinking'))).toEqual(['Programming', 'Repairing']);
    expect(await names(inventedSkill('Juggling'))).toEqual([...SKILLS, 'Juggling']);
    expect(await names(duplicateSkill)).toEqual(['Programming', ...SKILLS]);
  });

  test.each<[string, ReplyChange, object]>([
    ['gives a level out of range', levelOutOfRange(7.5), { llm_assigned_proficiency_level: 7.5 }],
    ['gives a level as text', levelAsText, { llm_assigned_proficiency_level: '4.25' }],
    ['adds a property', extraProperty, { llm_confidence: 'high' }],
    [
      'contradicts a level by its description',
      descriptionContradictingLevel,
      { llm_assigned_proficiency_level: 0, llm_assigned_proficiency_description: 'Expert' },
    ],
  ])('%s, and leaves the rest as it was', async (_, change, difference) => {
    stub.setLevels(CODE, { Programming: 4.25 });
    const [first, ...others] = await assessedSkills(stub);

    expect(await changed(change)).toEqual([{ ...first, ...difference }, ...others]);
    expect(await assessedSkills(stub)).toEqual([first, ...others]);
  });

  test('cannot say a level', async () => {
    expect((await changed(nullLevel('Repairing'))).map((skill) => skill.llm_assigned_proficiency_level)).toEqual([
      stub.levelOf(CODE, 'Programming'),
      stub.levelOf(CODE, 'Critical Thinking'),
      null,
    ]);
  });

  test('explains at length, in either reply', async () => {
    expect((await changed(longExplanation(5000)))[0]?.llm_explanation).toHaveLength(5000);

    stub.failNext({ kind: 'reply', change: longExplanation(300) });
    const text = await textOf(await ask(stub, bodyOf(gapSchema())));
    const { skill_gap_descriptions: gaps } = JSON.parse(text) as { skill_gap_descriptions: Record<string, string>[] };
    expect(gaps[0]?.['llm_gap_description']).toHaveLength(300);
  });

  test('speaks of another occupation', async () => {
    stub.failNext({ kind: 'reply', change: wrongCode });

    const { skill_proficiency_assessment: other } = await assessment(stub);

    expect(other.llm_onet_soc_code).not.toBe(CODE);
    expect(other.assessed_skills).toHaveLength(SKILLS.length);
  });

  test('says whatever a test makes of the reply', async () => {
    stub.failNext({ kind: 'reply', change: (reply) => Object.keys(reply) });

    expect(await textOf(await ask(stub))).toBe(JSON.stringify(['skill_proficiency_assessment'], null, 2));
  });

  test.each<[string, ReplyChange, object]>([
    ['a skill that is not there', missingSkill('Juggling'), assessmentSchema()],
    ['the level of a skill that is not there', nullLevel('Juggling'), assessmentSchema()],
    ['the code of gap descriptions', wrongCode, gapSchema()],
  ])('shows with status 500 that it cannot change %s', async (_, change, schema) => {
    stub.failNext({ kind: 'reply', change });

    expect((await ask(stub, bodyOf(schema))).status).toBe(500);
  });
});
