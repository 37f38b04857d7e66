import {
  ask,
  assessedSkills,
  assessment,
  assessmentSchema,
  bodyOf,
  CODE,
  gapSchema,
  generated,
  objectOf,
  SKILLS,
  textOf,
} from '../support/gemini/raw-client';
import { useGeminiStub } from '../support/gemini/use-gemini-stub';

describe('The stub of Gemini', () => {
  const stub = useGeminiStub();

  /** Status and error of an answer. */
  const errorOf = async (response: Response): Promise<Record<string, unknown>> =>
    ((await response.json()) as { error: Record<string, unknown> }).error;

  test('answers in the form of the protocol', async () => {
    const answer = await generated(await ask(stub));

    expect(answer).toEqual({
      candidates: [
        { content: { parts: [{ text: expect.any(String) as string }], role: 'model' }, finishReason: 'STOP', index: 0 },
      ],
      usageMetadata: expect.any(Object) as object,
      modelVersion: 'gemini-3.5-flash',
      responseId: 'stub-response-1',
    });
  });

  test('counts a token for four characters, the thoughts of the model too', async () => {
    const { candidates, usageMetadata } = await generated(await ask(stub));

    const written = Math.ceil((candidates?.[0]?.content?.parts[0]?.text.length ?? 0) / 4);
    const read = Math.ceil((stub.requests[0]?.prompt.length ?? 0) / 4);
    const thought = Math.ceil(written / 2);
    expect(usageMetadata).toEqual({
      promptTokenCount: read,
      candidatesTokenCount: written,
      thoughtsTokenCount: thought,
      totalTokenCount: read + written + thought,
    });
  });

  test('assesses every skill of the schema in its order, always alike', async () => {
    const { skill_proficiency_assessment: first } = await assessment(stub);

    expect(first.llm_onet_soc_code).toBe(CODE);
    expect(first.llm_occupation_name).toContain(CODE);
    expect(first.assessed_skills.map((skill) => skill.llm_skill_name)).toEqual(SKILLS);
    for (const {
      llm_skill_name: name,
      llm_assigned_proficiency_level: level,
      llm_explanation,
    } of first.assessed_skills) {
      expect(level).toBe(stub.levelOf(CODE, name));
      expect(llm_explanation).toContain(name);
      expect(llm_explanation).toContain(CODE);
    }
    expect((await assessment(stub)).skill_proficiency_assessment).toEqual(first);
  });

  test('makes up levels from 0 to 7 with two decimals, zeroes among them, that differ by occupation', () => {
    const names = Array.from({ length: 200 }, (_, index) => `Skill ${index}`);
    const levels = names.map((name) => stub.levelOf(CODE, name) ?? NaN);

    expect(levels.every((level) => level >= 0 && level <= 7 && Number(level.toFixed(2)) === level)).toBe(true);
    expect(levels.filter((level) => level === 0).length).toBeGreaterThan(10);
    expect(new Set(levels).size).toBeGreaterThan(100);
    expect(names.map((name) => stub.levelOf('11-1011.00', name))).not.toEqual(levels);
  });

  test('gives the levels that a test sets, with a description that fits', async () => {
    const described = async (level: number | null): Promise<unknown[]> => {
      stub.setLevels(CODE, { Programming: level });
      const [first] = await assessedSkills(stub);
      return [first?.llm_assigned_proficiency_level, first?.llm_assigned_proficiency_description];
    };

    expect(await described(0)).toEqual([0, 'Not needed']);
    expect(await described(1.4)).toEqual([1.4, 'Novice']);
    expect(await described(1.41)).toEqual([1.41, 'Beginner']);
    expect(await described(3.5)).toEqual([3.5, 'Intermediate']);
    expect(await described(5)).toEqual([5, 'Advanced']);
    expect(await described(7)).toEqual([7, 'Expert']);
    expect(await described(null)).toEqual([null, 'Novice']);
    stub.reset();
    expect(stub.levelOf(CODE, 'Programming')).not.toBeNull();
  });

  test('describes the gap in every skill of the schema', async () => {
    const text = await textOf(await ask(stub, bodyOf(gapSchema())));

    const { skill_gap_descriptions: gaps } = JSON.parse(text) as { skill_gap_descriptions: Record<string, string>[] };
    expect(gaps.map((gap) => gap['llm_skill_name'])).toEqual(SKILLS);
    expect(gaps[2]?.['llm_gap_description']).toContain('Repairing');
  });

  test('keeps to the schema: types in either case, names, the order of properties, and properties it does not know', async () => {
    const schema = {
      type: 'OBJECT',
      properties: {
        notes: { type: 'ARRAY', items: objectOf({ sure: { type: 'boolean' } }), minItems: 2 },
        score: { type: 'INTEGER', minimum: 3, maximum: 9 },
        skill_proficiency_assessment: {
          ...objectOf({
            llm_occupation_name: { type: 'STRING', enum: ['Bakers'] },
            llm_onet_soc_code: { type: 'STRING', enum: [CODE] },
            assessed_skills: {
              type: 'ARRAY',
              items: objectOf({
                llm_assigned_proficiency_level: { type: 'INTEGER' },
                llm_skill_name: { type: 'STRING', enum: ['Speaking'] },
              }),
            },
          }),
          propertyOrdering: ['llm_onet_soc_code', 'assessed_skills'],
        },
      },
      propertyOrdering: ['skill_proficiency_assessment'],
    };
    stub.setLevels(CODE, { Speaking: 2.6 });

    const reply = await assessment(stub, schema);

    expect(JSON.stringify(reply)).toBe(
      JSON.stringify({
        skill_proficiency_assessment: {
          llm_onet_soc_code: CODE,
          assessed_skills: [{ llm_assigned_proficiency_level: 3, llm_skill_name: 'Speaking' }],
          llm_occupation_name: 'Bakers',
        },
        notes: [{ sure: false }, { sure: false }],
        score: 3,
      }),
    );
  });

  test('names the model behind an alias, and a model that is asked for by its name', async () => {
    const versionOf = async (model: string): Promise<string> =>
      (await generated(await ask(stub, undefined, { model }))).modelVersion;

    expect(await versionOf('gemini-2.5-pro')).toBe('gemini-2.5-pro');
    stub.modelVersion = 'gemini-9-flash-001';
    expect(await versionOf('gemini-flash-latest')).toBe('gemini-9-flash-001');
    expect(await versionOf('gemini-2.5-pro')).toBe('gemini-2.5-pro');
    stub.reset();
    expect(await versionOf('gemini-flash-latest')).toBe('gemini-3.5-flash');
  });

  test('takes the key from the URL too, and refuses requests without a valid one', async () => {
    const url = `${stub.url}/v1beta/models/gemini-flash-latest:generateContent`;
    const body = JSON.stringify(bodyOf(assessmentSchema()));

    expect((await fetch(`${url}?key=${stub.key}`, { method: 'POST', body })).status).toBe(200);
    const wrong = await errorOf(await ask(stub, undefined, { headers: { 'x-goog-api-key': 'wrong' } }));
    expect(wrong).toMatchObject({
      code: 400,
      status: 'INVALID_ARGUMENT',
      message: 'API key not valid. Please pass a valid API key.',
      details: [{ reason: 'API_KEY_INVALID', domain: 'googleapis.com' }, {}],
    });
    const missing = await errorOf(await ask(stub, undefined, { headers: {} }));
    expect(missing).toMatchObject({ code: 403, status: 'PERMISSION_DENIED' });
    const token = await errorOf(await ask(stub, undefined, { headers: { authorization: 'Bearer x' } }));
    expect(token).toMatchObject({ code: 401, status: 'UNAUTHENTICATED' });
  });

  test('knows no other models, methods and paths', async () => {
    const headers = { 'x-goog-api-key': stub.key };
    const url = `${stub.url}/v1beta/models/gemini-flash-latest`;

    const model = await errorOf(await ask(stub, undefined, { model: 'gpt-5' }));
    expect(model).toMatchObject({ code: 404, status: 'NOT_FOUND' });
    expect((await fetch(`${url}:generateContent`, { headers })).status).toBe(404);
    expect((await fetch(`${url}:countTokens`, { headers, method: 'POST', body: '{}' })).status).toBe(404);
    expect((await fetch(`${stub.url}/v1/models`, { headers, method: 'POST', body: '{}' })).status).toBe(404);
  });

  test('remembers what it was asked', async () => {
    await ask(stub);
    await ask(stub, bodyOf(assessmentSchema('11-1011.00', ['Speaking'])));
    await ask(stub, bodyOf(gapSchema()));
    await ask(stub, 'no JSON');

    expect(stub.assessmentsOf(CODE)).toHaveLength(1);
    expect(stub.assessmentsOf('11-1011.00')[0]).toMatchObject({
      method: 'POST',
      path: '/v1beta/models/gemini-flash-latest:generateContent',
      model: 'gemini-flash-latest',
      key: stub.key,
      kind: 'assessment',
      skills: ['Speaking'],
      prompt: 'Answer in JSON.\nHow much of each skill\ndoes it need?',
    });
    expect(stub.requests[2]).toMatchObject({ kind: 'gap', code: null, skills: SKILLS });
    expect(stub.requests[3]).toMatchObject({ kind: null, code: null, skills: [], body: undefined, prompt: '' });
    expect(stub.countOf(({ kind }) => kind === 'assessment')).toBe(2);
  });
});
