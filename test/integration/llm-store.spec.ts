import type { Question } from '../../libs/llm/src/prompts/question';
import { assessmentQuestion } from '../../libs/llm/src/prompts/assessment-prompt';
import { LlmStore, type MadeCall } from '../../libs/llm/src/store/llm-store.service';
import { assessmentOf } from '../support/assessments';
import { describeOnEveryDatabase } from '../support/databases';
import { useGeminiStub } from '../support/gemini/use-gemini-stub';
import type { IngestionApp } from '../support/ingestion-app';
import { useLlmApps } from '../support/llm-app';
import { makeSnapshot, SKILLS, soc } from '../support/snapshots';
import { rejectionOf } from '../support/thrown-by';

const MODEL = 'gemini-flash-latest';
const TITLE = 'Café Managers 🍰 日本';
const SNAPSHOT = makeSnapshot([{ code: '15-1252.00', title: TITLE }]);
const QUESTION: Question = assessmentQuestion(SNAPSHOT.find(soc('15-1252.00'))!, SKILLS);
const { skills: LEVELS } = assessmentOf('15-1252.00', [0, null, 512]);

const ANSWER = {
  text: '{"what": "it said 🍰"}',
  fault: null,
  modelVersion: 'gemini-3.5-flash',
  promptTokens: 100,
  replyTokens: 20,
};
const ACCEPTED: MadeCall = { jobId: null, outcome: 'accepted', reason: null, answer: ANSWER, latencyMs: 12 };
const REJECTED: MadeCall = { ...ACCEPTED, outcome: 'rejected', reason: 'The reply is no JSON.' };

const by = (modelVersion: string | null, call = ACCEPTED): MadeCall => ({
  ...call,
  answer: { ...ANSWER, modelVersion },
});

describeOnEveryDatabase('What the LLM was asked and has said', (database) => {
  const apps = useLlmApps();
  const stub = useGeminiStub();
  let url: string;
  let app: IngestionApp;
  let store: LlmStore;

  beforeEach(async () => {
    url = await database.create();
    app = await apps.open(url, stub, { runsJobs: false });
    store = app.get(LlmStore);
  });

  const repliesOf = (): Promise<Record<string, unknown>[]> => app.query('SELECT * FROM llm_replies ORDER BY id');

  test('is kept word by word', async () => {
    const { replyId } = await store.record(QUESTION, MODEL, ACCEPTED, LEVELS);

    const [request] = await app.query<Record<string, string>>('SELECT * FROM llm_requests');
    expect(request).toMatchObject({
      kind: 'assessment',
      onetsoc_code: '15-1252.00',
      from_onetsoc_code: null,
      model: MODEL,
      prompt_version: 'assessment-1',
      prompt_hash: QUESTION.hash,
      prompt: `${QUESTION.instruction}\n\n${QUESTION.prompt}`,
    });
    expect(request?.['prompt']).toContain(TITLE);
    expect(await repliesOf()).toMatchObject([
      {
        id: replyId,
        outcome: 'accepted',
        reason: null,
        reply: ANSWER.text,
        model_version: 'gemini-3.5-flash',
        prompt_tokens: 100,
        reply_tokens: 20,
        latency_ms: 12,
      },
    ]);
    expect([...(await store.assessedSkills(replyId)).values()]).toEqual(LEVELS);
  });

  test('has the schema of the reply as JSON schema', async () => {
    await store.record(QUESTION, MODEL, ACCEPTED, LEVELS);

    const [request] = await app.query<{ response_schema: string }>('SELECT response_schema FROM llm_requests');
    expect(JSON.parse(request?.response_schema ?? '')).toMatchObject({
      required: ['skill_proficiency_assessment'],
      additionalProperties: false,
    });
  });

  test('is one question, however often and by however many processes a model is asked it', async () => {
    const other = (await apps.open(url, stub, { runsJobs: false })).get(LlmStore);

    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        (index % 2 === 0 ? store : other).record(QUESTION, MODEL, REJECTED, null),
      ),
    );
    await store.record(QUESTION, 'gemini-2.5-pro', REJECTED, null);

    const requests = await app.query('SELECT model FROM llm_requests ORDER BY id');
    expect(requests).toEqual([{ model: MODEL }, { model: 'gemini-2.5-pro' }]);
    expect(await repliesOf()).toHaveLength(11);
  });

  test('is kept with what was understood of it, or not at all', async () => {
    const twice = [LEVELS[0]!, LEVELS[0]!];

    await rejectionOf(store.record(QUESTION, MODEL, ACCEPTED, twice));

    expect([await repliesOf(), await app.count('llm_skill_assessments')]).toEqual([[], 0]);
    expect(await store.acceptedReplies(QUESTION.hash)).toEqual([]);
  });

  test('is kept where descriptions came of it', async () => {
    const texts = new Map([
      ['2.B.3.e', `Learn to code 🍰. ${'ä'.repeat(1480)}`],
      ['2.A.1.a', 'Read.'],
    ]);

    const { replyId } = await store.record({ ...QUESTION, kind: 'gap' }, MODEL, ACCEPTED, texts);

    expect(await store.gapDescriptions(replyId)).toEqual(texts);
  });

  test.each([
    ['ASCII', 'x', 60_000],
    ['two bytes', 'ä', 30_000],
    ['four bytes', '🍰', 15_000],
    ['three bytes', '日', 20_000],
  ])(
    'of too great a length is kept from its beginning, in whole characters of %s',
    async (_, character, characters) => {
      const text = `x${character.repeat(60_000)}`;

      await store.record(QUESTION, MODEL, { ...REJECTED, answer: { ...ANSWER, text } }, null);

      const [reply] = await repliesOf();
      expect(text.startsWith(String(reply?.['reply']))).toBe(true);
      expect(Array.from(String(reply?.['reply']))).toHaveLength(characters);
    },
  );

  test.each(['a\u0000b', 'quotes \' " \\ and ;--', '\u{10ffff}', '\r\n\t'])('is kept as it came: %j', async (text) => {
    await store.record(QUESTION, MODEL, { ...REJECTED, answer: { ...ANSWER, text } }, null);

    expect(await repliesOf()).toMatchObject([{ reply: text }]);
  });

  test('may hold halves of characters, which no database takes', async () => {
    const answer = { ...ANSWER, text: 'half \ud83c of it' };

    await store.record(QUESTION, MODEL, { ...REJECTED, answer }, null);

    expect(await repliesOf()).toMatchObject([{ reply: expect.stringMatching(/^half \ufffd+ of it$/) as string }]);
  });

  test('is found by the question, the newest first, once for each model', async () => {
    await store.record(QUESTION, MODEL, by('gemini-3.0-flash'), LEVELS);
    const newer = await store.record(QUESTION, MODEL, by('gemini-3.0-flash'), LEVELS);
    const other = await store.record(QUESTION, MODEL, by('gemini-3.5-flash'), LEVELS);
    await store.record(QUESTION, MODEL, by('gemini-4-flash', REJECTED), null);
    await store.record({ ...QUESTION, hash: 'f'.repeat(64) }, MODEL, by('gemini-5-flash'), LEVELS);

    expect(await store.acceptedReplies(QUESTION.hash)).toEqual([other, newer]);
  });

  test('tells which model answers now, whose replies must be of use for that', async () => {
    expect(await store.lastModelVersion(MODEL)).toBeNull();

    await store.record(QUESTION, MODEL, by('gemini-3.5-flash'), LEVELS);
    await store.record(QUESTION, 'gemini-2.5-pro', by('gemini-2.5-pro'), LEVELS);
    expect(await store.lastModelVersion(MODEL)).toBe('gemini-3.5-flash');

    await store.record(QUESTION, MODEL, by('gemini-4-flash', REJECTED), null);
    await store.record(QUESTION, MODEL, { ...REJECTED, outcome: 'failed', answer: null }, null);
    expect(await store.lastModelVersion(MODEL)).toBe('gemini-3.5-flash');

    await store.record(QUESTION, MODEL, by('gemini-4-flash'), LEVELS);
    expect(await store.lastModelVersion(MODEL)).toBe('gemini-4-flash');
  });

  test('is put down to the model that was asked for where the answer names none', async () => {
    expect(await store.record(QUESTION, MODEL, by(null), LEVELS)).toMatchObject({ modelVersion: MODEL });
  });

  test('counts as of no use for as long as it matters, and for the job that got it', async () => {
    const job = '0b7f1f9e-1111-4222-8333-444455556666';
    await store.record(QUESTION, MODEL, { ...REJECTED, jobId: job }, null);
    await store.record(QUESTION, MODEL, REJECTED, null);
    await store.record(QUESTION, MODEL, ACCEPTED, LEVELS);

    expect(await store.rejections(QUESTION.hash, 60_000)).toBe(2);
    expect(await store.rejectionsOfJob(QUESTION.hash, job)).toBe(1);
    expect(await store.rejections('f'.repeat(64), 60_000)).toBe(0);
    await app.unitOfWork.execute('UPDATE llm_replies SET created_at = created_at - 60001');
    expect(await store.rejections(QUESTION.hash, 60_000)).toBe(0);
  });
});
