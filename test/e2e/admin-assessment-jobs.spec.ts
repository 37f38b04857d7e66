import type { JobView } from '../support/e2e/admin-client';
import { readSample } from '../support/e2e/sample';
import { eventually } from '../support/e2e/eventually';
import { useGeminiStub } from '../support/gemini/use-gemini-stub';
import { levelOutOfRange } from '../support/gemini/reply-changes';
import { accessToLlm } from '../support/llm/access';
import { assessmentPath } from '../support/llm/paths';
import { describeEmbedded, describeInEveryMode, type Installation } from '../support/modes';

const WITHIN_MS = 15_000;
/** Calls are refused at once. */
const ENDS_WITHIN_MS = 20_000;
/** As many as are assessed at once. */
const AT_ONCE = 8;

const { rated } = readSample();

describeInEveryMode(
  'The job that has occupations assessed',
  (mode) => {
    const stub = useGeminiStub('block');
    let installation: Installation;

    beforeAll(async () => {
      installation = await mode.start(accessToLlm(stub));
    });

    async function request(body: object): Promise<string> {
      return ((await installation.admin.post('/assessments', body)).json() as JobView).id;
    }

    async function unfinished(): Promise<number> {
      const states = "('queued', 'active')";
      return (await installation.query(`SELECT id FROM jobs WHERE state IN ${states}`)).length;
    }

    test('is joined by a request for the same, in whichever order, and not by one for others', async () => {
      const { admin } = installation;
      const codes = rated.slice(0, 3);
      stub.latencyMs = 1000;

      const first = await request({ codes });
      const same = await request({ codes: [...codes, ...codes].reverse() });
      const other = await request({ codes: codes.slice(1) });
      const ended = [await admin.ended(first), await admin.ended(other)];

      expect(same).toBe(first);
      expect(other).not.toBe(first);
      expect(ended).toMatchObject([{ state: 'completed' }, { state: 'completed' }]);
      expect(stub.requests.map(({ code }) => code).sort()).toEqual(codes.toSorted());
    });

    test('is stopped by an admin together with what it has asked for, and goes on from there when retried', async () => {
      const { admin, api } = installation;
      const codes = rated.slice(3, 33);
      stub.latencyMs = 700;
      const id = await request({ codes });
      await eventually('some are assessed', () => Promise.resolve(stub.requests.length > AT_ONCE), WITHIN_MS);
      expect(await admin.underWay(id)).toMatchObject({ progress: { stage: 'assessing', total: codes.length } });

      const cancelled = await admin.post(`/jobs/${id}/cancel`);
      const stopped = await admin.ended(id);
      await eventually('nothing is under way', async () => (await unfinished()) === 0, WITHIN_MS);
      const asked = stub.requests.length;
      const stored = await Promise.all(codes.map((code) => api.client.get(assessmentPath(code))));
      await admin.post(`/jobs/${id}/retry`);
      const ended = await admin.ended(id);

      expect(cancelled.status).toBe(202);
      expect(stopped).toMatchObject({ state: 'cancelled', attempt: 1 });
      expect(asked).toBeLessThan(codes.length);
      expect(ended).toMatchObject({ state: 'completed', attempt: 2, progress: { done: codes.length } });
      const there = codes.filter((_, index) => stored[index]?.status === 200);
      expect(there.length).toBeGreaterThan(0);
      expect(there.map((code) => stub.assessmentsOf(code).length)).toEqual(there.map(() => 1));
      for (const code of codes) expect(stub.assessmentsOf(code).length).toBeLessThanOrEqual(2);
    });

    test('names those that cannot be assessed, and goes on with the others', async () => {
      const { admin, query } = installation;
      const [good = '', bad = '', fine = ''] = rated.slice(33, 36);
      stub.failOn(({ code }) => code === bad, { kind: 'reply', change: levelOutOfRange(8) });

      const id = await request({ codes: [good, bad, fine] });
      const ended = await admin.ended(id);

      expect(ended).toMatchObject({ state: 'completed', error: null, progress: { done: 3, total: 3 } });
      const [row] = await query<{ result: string }>(`SELECT result FROM jobs WHERE id = '${id}'`);
      expect(JSON.parse(row?.result ?? '')).toEqual({
        occupations: 3,
        assessed: 2,
        assessedBefore: 0,
        failed: 1,
        failures: [{ code: bad, detail: expect.stringMatching(/did not reply with what it was asked for/) as string }],
      });
    });
  },
  'block',
);

describeEmbedded('The job that has all occupations assessed', (mode) => {
  const stub = useGeminiStub();

  test('ends at once where the key is not accepted, and says so without the key', async () => {
    const { admin } = await mode.start(accessToLlm(stub));
    const error = { code: 403, message: `Key ${stub.key} is not allowed here.`, status: 'PERMISSION_DENIED' };
    stub.failWhile({ kind: 'status', status: 403, body: JSON.stringify({ error }) });

    const { id } = (await admin.post('/assessments', { all: true })).json() as JobView;
    const ended = await admin.ended(id, ENDS_WITHIN_MS);

    expect(ended).toMatchObject({
      state: 'failed',
      attempt: 1,
      error: {
        code: 'LLM_REFUSED',
        detail:
          '0 of 60 occupations are assessed. Gemini does not accept the key (HTTP 403). Retry the job to go on from there.',
      },
    });
    expect(stub.requests.length).toBeLessThanOrEqual(AT_ONCE);
    expect((await admin.get('/jobs?page_size=100')).body).not.toContain(stub.key);
  });
});
