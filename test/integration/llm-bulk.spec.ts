import { join } from 'node:path';
import type { Job } from '@app/database';
import { JobsService } from '@app/jobs';
import { AssessmentRequestsService, CalibrationService } from '@app/llm';
import { describeOnEveryDatabase } from '../support/databases';
import { eventually } from '../support/e2e/eventually';
import { useGeminiStub } from '../support/gemini/use-gemini-stub';
import type { IngestionApp } from '../support/ingestion-app';
import { assess, jobEnd, useLlmApps } from '../support/llm-app';
import { codeOf, SmallRelease } from '../support/release-folder';
import { soc } from '../support/snapshots';
import { useTemporaryFolder } from '../support/temporary-folder';
import { rejectionOf } from '../support/thrown-by';

const CODES = Array.from({ length: 12 }, (_, index) => codeOf(index));
const UNRATED = codeOf(12);
const WITHIN_MS = 10_000;

describeOnEveryDatabase('Having all occupations assessed', (database) => {
  const folder = useTemporaryFolder();
  const apps = useLlmApps();
  const stub = useGeminiStub();
  let app: IngestionApp;

  const open = async (environment: Record<string, string | undefined> = {}): Promise<void> => {
    app = await apps.open(await database.create(), stub, { environment });
    await app.ingest(await new SmallRelease({ rated: CODES.length }).writeFolder(join(folder.path, '1.0')));
  };

  const request = (codes: readonly string[] | null = null): Promise<Job> =>
    app
      .get(AssessmentRequestsService)
      .request(codes?.map(soc) ?? null, { requestedBy: 'a test', requestId: 'a-request' });

  const resultOf = ({ result }: Job): unknown => JSON.parse(result ?? 'null');

  /** How often the stub was asked about each. */
  const asked = (): number[] => CODES.map((code) => stub.assessmentsOf(code).length);

  test('asks about each once, at most eight at a time, and tells how far it is', async () => {
    await open();
    stub.latencyMs = 20;
    const plans = app.get(AssessmentRequestsService);
    expect(await plans.plan(null)).toMatchObject({ occupations: CODES, missing: CODES, callsLeftToday: 2000 });
    await assess(app, CODES[3]!);

    const job = await jobEnd(app, await request());

    expect(job).toMatchObject({ state: 'completed', progressDone: 12, progressTotal: 12 });
    expect(resultOf(job)).toEqual({ occupations: 12, assessed: 11, assessedBefore: 1, failed: 0, failures: [] });
    expect(asked()).toEqual(new Array(12).fill(1));
    expect(stub.concurrency.max).toBeLessThanOrEqual(8);
    expect(await plans.plan(null)).toMatchObject({ missing: [], promptTokens: 0, callsLeftToday: 1988 });

    expect(resultOf(await jobEnd(app, await request()))).toMatchObject({ assessed: 0, assessedBefore: 12 });
    expect(stub.requests).toHaveLength(12);
    expect(await app.get(CalibrationService).report()).toMatchObject({
      modelVersion: 'gemini-3.5-flash',
      occupations: 12,
      assessed: 12,
      unknownLevels: 0,
      overall: { levels: 48 },
      usage: [{ kind: 'assessment', model: 'gemini-3.5-flash', outcome: 'accepted', calls: 12 }],
    });
  });

  test('is one job, however many ask for it', async () => {
    await open();
    stub.latencyMs = 100;

    const jobs = await Promise.all([request(), request(), request()]);

    expect(new Set(jobs.map(({ id }) => id)).size).toBe(1);
    await jobEnd(app, jobs[0]);
  });

  test('can be for some only', async () => {
    await open();

    const job = await jobEnd(app, await request([CODES[5]!, CODES[2]!, CODES[5]!]));

    expect(resultOf(job)).toMatchObject({ occupations: 2, assessed: 2 });
    expect(stub.requests.map(({ code }) => code).toSorted()).toEqual([CODES[2], CODES[5]]);
  });

  test('is for occupations that there are, and that are rated', async () => {
    await open();

    expect(await rejectionOf(request([CODES[0]!, '99-9999.99']))).toMatchObject({
      code: 'OCCUPATION_NOT_FOUND',
      errors: [{ pointer: '/codes/1' }],
    });
    expect(await rejectionOf(request([UNRATED]))).toMatchObject({ code: 'OCCUPATION_NOT_RATED' });
  });

  test('needs an LLM', async () => {
    await open({ GEMINI_API_KEY: undefined });

    expect(await rejectionOf(request())).toMatchObject({ code: 'LLM_UNAVAILABLE' });
  });

  test('goes on after one whose reply is of no use, and names it', async () => {
    await open();
    stub.failOn(({ code }) => code === CODES[4], { kind: 'malformed' });

    const job = await jobEnd(app, await request());

    expect(resultOf(job)).toMatchObject({
      assessed: 11,
      failed: 1,
      failures: [{ code: CODES[4], detail: expect.stringContaining('The reply is no JSON') as string }],
    });
    expect(asked()).toEqual(CODES.map((code) => (code === CODES[4] ? 3 : 1)));
  });

  test('ends where the calls of the day do, and goes on from there another day', async () => {
    await open({ LLM_DAILY_CALL_LIMIT: '5' });

    const job = await jobEnd(app, await request());

    expect(job).toMatchObject({
      state: 'failed',
      errorCode: 'LLM_BUDGET_USED_UP',
      errorDetail: expect.stringMatching(
        /^5 of 12 occupations are assessed\. The 5 calls .* midnight UTC\. Retry the job to go on from there\.$/,
      ) as string,
    });
    expect(stub.requests).toHaveLength(5);
    await app.unitOfWork.execute('UPDATE usage_counters SET count = -2');
    expect(resultOf(await jobEnd(app, await app.get(JobsService).retry(job.id)))).toEqual({
      occupations: 12,
      assessed: 7,
      assessedBefore: 5,
      failed: 0,
      failures: [],
    });
    expect(asked()).toEqual(new Array(12).fill(1));
  });

  test('ends where the key is refused', async () => {
    await open();
    stub.failWhile({ kind: 'status', status: 403 });

    const job = await jobEnd(app, await request([CODES[0]!]));

    expect(job).toMatchObject({ state: 'failed', errorCode: 'LLM_REFUSED' });
    expect(job.errorDetail).toMatch(/^0 of 1 occupations are assessed\. Gemini does not accept the key/);
  });

  test('takes those under way along where it is cancelled, and none that others asked for', async () => {
    await open();
    stub.failWhile({ kind: 'hang' });
    const others = assess(app, CODES[0]!);
    const bulk = await request();
    // eight of its own, and the one that somebody waits for
    await eventually('nine are under way', () => Promise.resolve(stub.requests.length === 9), WITHIN_MS);

    await app.get(JobsService).cancel(bulk.id);

    expect(await jobEnd(app, bulk)).toMatchObject({ state: 'cancelled' });
    const unfinished = (): Promise<{ subject: string }[]> =>
      app.query("SELECT subject FROM jobs WHERE type <> 'assess-all' AND state IN ('queued', 'active')");
    await eventually('its jobs are over', async () => (await unfinished()).length === 1, WITHIN_MS);
    expect(await unfinished()).toEqual([{ subject: `assessment ${CODES[0]!}` }]);
    expect(stub.requests).toHaveLength(9);
    const [job] = await app.query<{ id: string }>("SELECT id FROM jobs WHERE state = 'active'");
    await app.get(JobsService).cancel(job!.id);
    await others;
  });
});
