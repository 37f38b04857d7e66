import type { LlmAnswer } from '../../libs/llm/src/provider/llm-provider';
import type { Fault } from '../support/gemini/faults';
import { useGeminiStub } from '../support/gemini/use-gemini-stub';
import { geminiAt, QUESTION } from '../support/gemini-provider';
import { SKILLS } from '../support/snapshots';

const { signal } = new AbortController();

describe('Gemini', () => {
  const stub = useGeminiStub();

  const answer = (): Promise<LlmAnswer> => geminiAt(stub).ask(QUESTION, signal);

  describe('is asked', () => {
    test('for JSON at temperature 0, with the instruction apart from the prompt', async () => {
      await answer();

      expect(stub.requests[0]).toMatchObject({
        path: '/v1beta/models/gemini-flash-latest:generateContent',
        prompt: 'You are an analyst.\nHow much of each skill does it need?',
        body: {
          systemInstruction: { parts: [{ text: 'You are an analyst.' }] },
          contents: [{ role: 'user', parts: [{ text: 'How much of each skill does it need?' }] }],
          generationConfig: { temperature: 0, candidateCount: 1, responseMimeType: 'application/json' },
        },
      });
    });

    test('for the structure alone: limits of numbers and lengths are checked here', async () => {
      await answer();

      expect(stub.requests[0]).toMatchObject({
        kind: 'assessment',
        code: '15-1252.00',
        skills: SKILLS.map(({ name }) => name),
      });
      const { generationConfig } = stub.requests[0]?.body as { generationConfig: { responseSchema: object } };
      const schema = JSON.stringify(generationConfig.responseSchema);
      expect(schema).not.toMatch(/minimum|maximum|m(in|ax)Items|m(in|ax)Length|additionalProperties/);
      expect(schema).toContain('"nullable":true');
    });

    test('with the key in a header, and nowhere else', async () => {
      await answer();

      const { headers, ...request } = stub.requests[0]!;
      expect(headers['x-goog-api-key']).toBe(stub.key);
      expect(JSON.stringify({ ...request, key: null })).not.toContain(stub.key);
    });

    test('by the name of the model that is configured', async () => {
      await geminiAt(stub, { model: 'gemini-2.5-pro' }).ask(QUESTION, signal);

      expect(stub.requests[0]?.model).toBe('gemini-2.5-pro');
    });
  });

  test('answers with a text, the model behind the alias and the tokens, thoughts among them', async () => {
    const { text, ...rest } = await answer();

    expect(JSON.parse(text ?? '')).toHaveProperty('skill_proficiency_assessment');
    expect(rest).toEqual({
      fault: null,
      modelVersion: 'gemini-3.5-flash',
      promptTokens: expect.any(Number) as number,
      replyTokens: expect.any(Number) as number,
    });
    const written = Math.ceil((text ?? '').length / 4);
    expect(rest.replyTokens).toBe(written + Math.ceil(written / 2));
  });

  describe('whose answer is of no use', () => {
    test.each<[string, Fault, RegExp]>([
      ['since the prompt was blocked', { kind: 'blocked' }, /^The prompt was blocked \(SAFETY\)\.$/],
      ['since it was stopped for safety', { kind: 'safety' }, /^The reply was ended \(SAFETY\)\.$/],
      ['since it is empty', { kind: 'empty' }, /^The reply is empty\.$/],
    ])('%s has no text, and says why', async (_, fault, why) => {
      stub.failNext(fault);

      expect(await answer()).toMatchObject({ text: null, fault: expect.stringMatching(why) as string });
    });

    test('since it was cut off keeps its text, and says why', async () => {
      stub.failNext({ kind: 'truncated' });

      const { text, fault } = await answer();

      expect(text).toMatch(/^\{/);
      expect(fault).toBe('The reply was cut off at the limit of its length (MAX_TOKENS).');
    });

    test.each<Fault>([{ kind: 'malformed' }, { kind: 'fenced' }])(
      'since it is no JSON ($kind) has its text: reading it is up to others',
      async (fault) => {
        stub.failNext(fault);

        expect(await answer()).toMatchObject({ text: expect.any(String) as string, fault: null });
      },
    );
  });

  test('may leave out how many tokens there were', async () => {
    stub.failNext({ kind: 'no-usage' });

    expect(await answer()).toMatchObject({ fault: null, promptTokens: null, replyTokens: null });
  });

  test.each([
    ['a model that is none', { modelVersion: 'x'.repeat(200) }],
    ['a model with a blank', { modelVersion: 'gemini 3' }],
    ['no model', {}],
  ])('that names %s is not believed', async (_, named) => {
    const parts = [{ text: '{}' }];
    const body = { candidates: [{ content: { parts }, finishReason: 'STOP' }], ...named };
    stub.failNext({ kind: 'status', status: 200, body: JSON.stringify(body) });

    expect(await answer()).toMatchObject({ text: '{}', fault: null, modelVersion: null });
  });

  test('keeps its thoughts to itself', async () => {
    const parts = [{ text: 'Let me think…', thought: true }, { text: '{"a":' }, { text: '1}' }];
    const body = { candidates: [{ content: { parts }, finishReason: 'STOP' }] };
    stub.failNext({ kind: 'status', status: 200, body: JSON.stringify(body) });

    expect(await answer()).toMatchObject({ text: '{"a":1}' });
  });
});
