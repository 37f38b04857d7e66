import { problemOf } from '../support/e2e/problems';
import { readSample } from '../support/e2e/sample';
import { useGeminiStub } from '../support/gemini/use-gemini-stub';
import { accessToLlm } from '../support/llm/access';
import { answered, llmGap } from '../support/llm/answers';
import { expectedFallback } from '../support/llm/fallback';
import { levelGapPath, llmGapPath } from '../support/llm/paths';
import { describeEmbedded, describeInEveryMode, type Installation } from '../support/modes';

const KEYS = ['the-first-client-key-of-all', 'the-second-client-key-of-all'] as const;

const [FIRST = '', SECOND = '', THIRD = ''] = readSample().rated;

describeInEveryMode('Once the calls of a day are used up', (mode) => {
  const stub = useGeminiStub();

  test('what is there is answered as before, and what is not has the reason', async () => {
    const limit = { LLM_DAILY_CALL_LIMIT: '3' };
    const { api, admin, query } = await mode.start({ ...accessToLlm(stub), ...limit });
    const before = await answered(api.client, llmGapPath(FIRST, SECOND));

    const other = await llmGap(api.client, llmGapPath(FIRST, THIRD));
    const bare = await api.client.get(llmGapPath(SECOND, FIRST, 'false'));
    const undescribed = await api.client.get(llmGapPath(SECOND, FIRST));
    const again = await api.client.get(llmGapPath(FIRST, SECOND));
    const plan = await admin.post('/assessments', { codes: [FIRST, THIRD], dry_run: true });

    const reason = {
      code: 'LLM_BUDGET_USED_UP',
      detail:
        'The 3 calls of the LLM that LLM_DAILY_CALL_LIMIT allows a day are used up; the next day begins at midnight UTC.',
    };
    expect(other).toEqual(await expectedFallback(api.client, FIRST, THIRD, reason));
    expect(bare.json()).toMatchObject({ assessment: 'llm', reason: null });
    expect(bare.header('etag')).toBeDefined();
    expect(undescribed.json()).toEqual({ ...(bare.json() as object), reason });
    expect(undescribed.header('etag')).toBeUndefined();
    expect([again.body, again.header('etag')]).toEqual([before.body, before.header('etag')]);
    expect(plan.json()).toMatchObject({ occupations: 2, assessed: 1, calls: 1, calls_left_today: 0 });
    expect(stub.requests).toHaveLength(3);

    // those who want all of them are told where they stand
    const { id } = (await admin.post('/assessments', { codes: [FIRST, THIRD] })).json() as { id: string };
    expect(await admin.ended(id)).toMatchObject({
      state: 'failed',
      attempt: 1,
      error: {
        code: 'LLM_BUDGET_USED_UP',
        detail: `1 of 2 occupations are assessed. ${reason.detail} Retry the job to go on from there.`,
      },
    });
    await query('UPDATE usage_counters SET count = 0');
    await admin.post(`/jobs/${id}/retry`);
    expect(await admin.ended(id)).toMatchObject({ state: 'completed', attempt: 2, error: null });
    expect(stub.assessmentsOf(FIRST)).toHaveLength(1);
  });
});

describeEmbedded(
  'Where other machines can reach the api, the LLM',
  (mode) => {
    const stub = useGeminiStub('block');
    let installation: Installation;
    const withKey = (key: string): { readonly 'x-api-key': string } => ({ 'x-api-key': key });

    beforeAll(async () => {
      const environment = { HOST: '0.0.0.0', API_KEYS: KEYS.join() };
      installation = await mode.start({ ...accessToLlm(stub), ...environment });
    });

    test('is not asked for a request without a key, which is told what would help', async () => {
      const { api } = installation;

      const gaps = await Promise.all(Array.from({ length: 10 }, () => llmGap(api.client, llmGapPath(FIRST, SECOND))));

      const reason = {
        code: 'LLM_KEY_NEEDED',
        detail: 'The LLM has not been asked this yet; a request with an X-API-Key would ask it.',
      };
      const expected = await expectedFallback(api.client, FIRST, SECOND, reason);
      for (const gap of gaps) expect(gap).toEqual(expected);
      expect(stub.requests).toEqual([]);
    });

    test('is not asked for a request with a wrong key, which is refused; other gaps do not mind it', async () => {
      const { api } = installation;
      const wrong = withKey('a-key-that-opens-nothing-here');

      const refused = await api.client.get(llmGapPath(FIRST, SECOND), wrong);
      const byLevel = await api.client.get(levelGapPath(FIRST, SECOND), wrong);

      expect(problemOf(refused)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
      expect(byLevel.status).toBe(200);
      expect(stub.requests).toEqual([]);
    });

    test('is asked for a request with one of the keys; what it says then is for everybody', async () => {
      const { api, admin } = installation;
      const path = llmGapPath(FIRST, SECOND);

      const asked = await api.client.get(path, withKey(KEYS[1]));
      const anybody = await api.client.get(path);
      const jobs = await admin.get('/jobs?type=assess-occupation');

      expect([asked.status, asked.json()]).toMatchObject([200, { assessment: 'llm', reason: null }]);
      expect([anybody.body, anybody.header('etag')]).toEqual([asked.body, asked.header('etag')]);
      expect(jobs.json()).toMatchObject({
        items: { 0: { requested_by: expect.stringMatching(/^client [0-9a-f]{8}$/) as string } },
      });
      expect(jobs.body).not.toContain(KEYS[1]);
    });

    test('need not be asked for levels that are there, but without a key nobody has the gap described', async () => {
      const { api } = installation;

      const gap = await llmGap(api.client, llmGapPath(SECOND, FIRST));

      expect(gap).toMatchObject({ assessment: 'llm', reason: { code: 'LLM_KEY_NEEDED' } });
      expect(gap.skill_gaps.every(({ llm_gap_description: text }) => text === null)).toBe(true);
      expect(stub.requests).toEqual([]);
    });
  },
  'block',
);
