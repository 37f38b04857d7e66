import { readSample } from '../support/e2e/sample';
import { useApi } from '../support/e2e/processes';
import type { Fault } from '../support/gemini/faults';
import { useGeminiStub } from '../support/gemini/use-gemini-stub';
import { accessToLlm, FORGET } from '../support/llm/access';
import { llmGap, type LlmGapView } from '../support/llm/answers';
import { expectedFallback, sentence } from '../support/llm/fallback';
import { llmGapPath } from '../support/llm/paths';
import { describeInEveryMode, type Installation } from '../support/modes';

const sample = readSample();
const code = (index: number): string => sample.rated[index] ?? '';

/** What Gemini says of a key, in the worst case: the key. */
function telling(key: string): Fault {
  const error = { code: 403, message: `The key ${key} is suspended; see ?key=${key}.`, status: 'PERMISSION_DENIED' };
  return { kind: 'status', status: 403, body: JSON.stringify({ error }) };
}

const status = (status: number): Fault => ({ kind: 'status', status });
const later = (status: number): Fault => ({ kind: 'status', status, retryDelay: '30s' });

/** What happens to calls, one after the other, and what is then said of it. */
const FAULTS: readonly (readonly [string, readonly Fault[], string, RegExp])[] = [
  ['a 429', [later(429)], 'LLM_UNAVAILABLE', /asked too often \(HTTP 429\)\.$/],
  ['a 503', [later(503)], 'LLM_UNAVAILABLE', /not available \(HTTP 503\)\.$/],
  ['no answer', [{ kind: 'hang' }], 'LLM_UNAVAILABLE', /^Gemini did not answer within 700 ms\.$/],
  ['a 404', [status(404)], 'LLM_REFUSED', /does not know the model gemini-flash-latest \(HTTP 404\)\.$/],
  ['a 400', [status(400)], 'LLM_QUESTION_REFUSED', /does not accept the request \(HTTP 400\)\.$/],
  [
    'connections that break, and a 500 between them',
    [{ kind: 'reset' }, status(500), { kind: 'cut' }],
    'LLM_UNAVAILABLE',
    /^Gemini was not reached, or its answer was not one of Gemini\.$/,
  ],
  [
    'a page for people, and a 503 and a 500 after it',
    [{ kind: 'html' }, status(503), status(500)],
    'LLM_UNAVAILABLE',
    /^Gemini is not available \(HTTP 500\)\.$/,
  ],
];

describeInEveryMode(
  'While the LLM fails',
  (mode) => {
    const stub = useGeminiStub('block');
    let installation: Installation;

    beforeAll(async () => {
      installation = await mode.start({ ...accessToLlm(stub), LLM_TIMEOUT_MS: '700' });
    });
    afterEach(() => installation.query(FORGET));

    // those that are tried again take some seconds, and do so in the same way wherever they run
    const faults = FAULTS.filter(([, { length }]) => mode.kind === 'embedded' || length === 1);

    test.each(faults)(
      'the gap by level is answered with the reason, and it is left alone for a while: %s',
      async (what, planned, errorCode, detail) => {
        const { api, admin } = installation;
        const [from, to, other] = [code(0), code(1), code(2)];
        for (const fault of planned) stub.failNext(fault);
        const reason = { code: errorCode, detail: sentence(detail) };

        // to itself: one occupation is all that is asked about, so that the calls come one after the other
        const itself = await api.client.get(llmGapPath(from, from));
        const asked = stub.requests.length;
        const first = await api.client.get(llmGapPath(from, to));
        const second = await api.client.get(llmGapPath(to, other, 'false'));
        const stillAsked = stub.requests.length;

        expect([itself.status, itself.json()]).toEqual([200, await expectedFallback(api.client, from, from, reason)]);
        // a question that was refused tells nothing of the next one, which has to wait all the same
        const next = { ...reason, ...(errorCode === 'LLM_QUESTION_REFUSED' ? { code: 'LLM_UNAVAILABLE' } : {}) };
        expect(first.json()).toEqual(await expectedFallback(api.client, from, to, next));
        expect(second.json()).toEqual(await expectedFallback(api.client, to, other, next));
        for (const answer of [itself, first, second]) expect(answer.header('etag')).toBeUndefined();
        expect([what, asked, stillAsked]).toEqual([what, planned.length, planned.length]);
        const { items } = (await admin.get('/jobs?type=assess-occupation')).json() as { items: object[] };
        expect(items[0]).toMatchObject({ state: 'failed', attempt: 1, error: reason });
      },
    );

    test('and says the key in doing so, nobody gets to see it', async () => {
      const { api, admin, runner, query } = installation;
      stub.failNext(telling(stub.key));

      const gap = await llmGap(api.client, llmGapPath(code(0), code(0)));

      expect(gap.reason).toEqual({
        code: 'LLM_REFUSED',
        detail: 'Gemini does not accept the key (HTTP 403).',
      });
      const jobs = await admin.get('/jobs?type=assess-occupation');
      const replies = JSON.stringify(await query('SELECT * FROM llm_replies'));
      const logs = [api.process, runner].map(({ stdout, stderr }) => stdout + stderr).join('');
      for (const told of [jobs.body, replies, logs]) expect(told).not.toContain(stub.key);
      expect(jobs.body).toContain('does not accept the key');
    });

    test('for a moment only, it is asked once more, and nobody notices', async () => {
      const { api } = installation;
      stub.failNext({ kind: 'status', status: 503, retryDelay: '0.2s' });

      const gap = await llmGap(api.client, llmGapPath(code(3), code(3)));

      expect(gap).toMatchObject({ assessment: 'llm', reason: null });
      expect(stub.requests).toHaveLength(2);
    });
  },
  'block',
);

describe('Without an LLM', () => {
  const api = useApi(() => Promise.resolve({}));
  const pairs = sample.rated.flatMap((from, index) => [[from, code((index * 7 + 1) % sample.rated.length)] as const]);

  test.each([undefined, 'true', 'false'] as const)(
    "every gap is that on O*NET's levels, which says so (include_llm_descriptions: %s)",
    async (include) => {
      const reason = {
        code: 'LLM_NOT_CONFIGURED',
        detail: 'The LLM is not configured: GEMINI_API_KEY is not set.',
      };
      for (const [from, to] of pairs) {
        const answer = await api.client.get(llmGapPath(from, to, include), { 'if-none-match': '*' });

        expect(answer.header('etag')).toBeUndefined();
        expect([answer.status, answer.json() as LlmGapView]).toEqual([
          200,
          await expectedFallback(api.client, from, to, reason),
        ]);
      }
    },
  );
});
