import type { BuiltProcess } from '../support/e2e/built-process';
import type { JobView } from '../support/e2e/admin-client';
import { AdminClient } from '../support/e2e/admin-client';
import { eventually } from '../support/e2e/eventually';
import { readSample } from '../support/e2e/sample';
import type { GeminiStub } from '../support/gemini/gemini-stub';
import { BUSY_MS } from '../support/faults/deployment';
import { useGeminiStub } from '../support/gemini/use-gemini-stub';
import { accessToLlm } from '../support/llm/access';
import { describeEmbedded, describeInEveryMode, type Installation, type Mode } from '../support/modes';

const LONG_MS = 2 * BUSY_MS;
/** Some platforms kill a process 10 s after they asked it to end. */
const ENDS_WITHIN_MS = 8000;
/** Eight at a time, the whole takes about two seconds. */
const LATENCY_MS = 200;
const MOST_CALLS = 2;

const { rated } = readSample();

/** An installation that is having all occupations assessed. */
interface Assessing extends Installation {
  /** Of its job. */
  readonly id: string;
}

async function assessing(mode: Mode, stub: GeminiStub): Promise<Assessing> {
  stub.latencyMs = LATENCY_MS;
  const installation = await mode.start(accessToLlm(stub));
  const answer = await installation.admin.post('/assessments', { all: true });
  return { ...installation, id: (answer.json() as JobView).id };
}

/** Codes of the occupations of which there is an assessment. */
async function assessed({ query }: Installation): Promise<string[]> {
  const rows = await query<{ code: string }>(
    `SELECT request.onetsoc_code AS code FROM llm_replies reply JOIN llm_requests request
       ON request.id = reply.request_id WHERE reply.outcome = 'accepted' ORDER BY request.onetsoc_code`,
  );
  return rows.map(({ code }) => code);
}

/** Waits until so many calls were made. */
function asked(stub: GeminiStub, calls: number): Promise<void> {
  return eventually(`${calls} calls are made`, () => Promise.resolve(stub.requests.length >= calls), BUSY_MS);
}

/** Starts what runs the jobs anew. */
async function startRunner(mode: Mode, { api, options }: Installation): Promise<[BuiltProcess, AdminClient]> {
  if (mode.kind === 'distributed') {
    return [(await mode.processes.startWorker(options)).process, new AdminClient(api.client)];
  }
  const next = await mode.processes.startApi(options);
  return [next.process, new AdminClient(next.client)];
}

describeInEveryMode('The assessment of all occupations', (mode) => {
  const stub = useGeminiStub();

  function expectWhole(job: JobView): void {
    expect(job).toMatchObject({
      state: 'completed',
      error: null,
      progress: { stage: 'assessing', done: rated.length, total: rated.length },
    });
  }

  async function expectNothingRepeated(installation: Installation, storedBefore: readonly string[]): Promise<void> {
    expect(storedBefore.length).toBeLessThan(rated.length);
    expect(await assessed(installation)).toEqual(rated.toSorted());
    const calls = rated.map((code) => [code, stub.assessmentsOf(code).length] as const);
    expect(calls.filter(([code, count]) => storedBefore.includes(code) && count !== 1)).toEqual([]);
    expect(calls.filter(([, count]) => count < 1 || count > MOST_CALLS)).toEqual([]);
  }

  test(
    'goes on in the next process where its process is killed, and asks for nothing again that is stored',
    async () => {
      const job = await assessing(mode, stub);
      await asked(stub, 20);

      await job.runner.kill();
      const storedBefore = await assessed(job);
      const [, admin] = await startRunner(mode, job);
      const ended = await admin.ended(job.id, BUSY_MS);

      expectWhole(ended);
      expect(storedBefore.length).toBeGreaterThan(0);
      await expectNothingRepeated(job, storedBefore);
    },
    LONG_MS,
  );

  test(
    'is handed on where its process is told to end, which it does in time',
    async () => {
      const job = await assessing(mode, stub);
      await asked(stub, 20);

      job.runner.send('SIGTERM');
      const ending = await job.runner.end(ENDS_WITHIN_MS);
      const storedBefore = await assessed(job);
      const [, admin] = await startRunner(mode, job);
      const ended = await admin.ended(job.id, BUSY_MS);

      expect([ending.code, ending.signal]).toEqual([0, null]);
      expectWhole(ended);
      await expectNothingRepeated(job, storedBefore);
    },
    LONG_MS,
  );
});

describeEmbedded('The assessment of all occupations', (mode) => {
  const stub = useGeminiStub();

  test('has not failed where its process is told to end', async () => {
    const job = await assessing(mode, stub);
    await asked(stub, 20);

    job.runner.send('SIGTERM');
    await job.runner.end(ENDS_WITHIN_MS);

    expect(await job.query(`SELECT state, failures FROM jobs WHERE id = '${job.id}'`)).toEqual([
      { state: 'queued', failures: 0 },
    ]);
  });
});
