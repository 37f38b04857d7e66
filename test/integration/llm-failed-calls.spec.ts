import { join } from 'node:path';
import { DatabaseUnavailableError } from '@app/database';
import { LlmBudget } from '../../libs/llm/src/calls/llm-budget';
import { LlmPause } from '../../libs/llm/src/calls/llm-pause';
import { LlmStore } from '../../libs/llm/src/store/llm-store.service';
import { describeOnEveryDatabase } from '../support/databases';
import { eventually } from '../support/e2e/eventually';
import { useGeminiStub } from '../support/gemini/use-gemini-stub';
import type { IngestionApp } from '../support/ingestion-app';
import { assess, findGap, recordedCalls, useLlmApps } from '../support/llm-app';
import { codeOf, SmallRelease } from '../support/release-folder';
import { useTemporaryFolder } from '../support/temporary-folder';

const [CODE, OTHER] = [codeOf(0), codeOf(1)];

describeOnEveryDatabase('A call of the LLM', (database) => {
  const folder = useTemporaryFolder();
  const apps = useLlmApps();
  const stub = useGeminiStub();
  let url: string;
  let app: IngestionApp;

  beforeEach(async () => {
    url = await database.create();
    app = await apps.open(url, stub);
    await app.ingest(await new SmallRelease().writeFolder(join(folder.path, '1.0')));
  });

  const another = async (environment: Record<string, string> = {}): Promise<IngestionApp> => {
    const opened = await apps.open(url, stub, { environment, runsJobs: false });
    await opened.snapshots.refresh();
    return opened;
  };

  const pauseLeft = async (): Promise<number> => {
    const { nowMs } = app.unitOfWork;
    const [row] = await app.query<{ left_ms: number }>(`SELECT valid_until - ${nowMs} AS left_ms FROM upstream_misses`);
    return Math.ceil(Number(row?.left_ms) / 1000);
  };

  describe('that fails', () => {
    test.each([
      ['for as long as the LLM wants it', '90s', 90],
      ['for a minute, though it wants less', '20s', 60],
      ['for an hour, though it wants more', '7200s', 3600],
    ])('is followed by a pause for all processes, %s', async (_, retryDelay, seconds) => {
      stub.failNext({ kind: 'status', status: 429, retryDelay });

      const job = await assess(app, CODE);

      expect(job).toMatchObject({ state: 'failed', attempt: 1, errorCode: 'LLM_UNAVAILABLE' });
      expect(await recordedCalls(app)).toMatchObject([
        {
          outcome: 'failed',
          reply: null,
          model_version: null,
          reason: expect.stringMatching(/^Gemini says that it is asked too often \(HTTP 429: .+\)\.$/) as string,
        },
      ]);
      const left = await pauseLeft();
      expect(left).toBeGreaterThan(seconds - 10);
      expect(left).toBeLessThanOrEqual(seconds);
      for (const process of [app, await another()]) {
        expect(await findGap(process, CODE, OTHER)).toEqual({
          kind: 'fallback',
          reason: { code: 'LLM_UNAVAILABLE', detail: job.errorDetail },
        });
      }
      // even those that were asked for before nobody knew
      expect(await assess(app, OTHER)).toMatchObject({ state: 'failed', errorCode: 'LLM_UNAVAILABLE' });
      expect(stub.requests).toHaveLength(1);
    });

    test('is made again when the pause is over', async () => {
      stub.failNext({ kind: 'status', status: 503, retryDelay: '90s' });
      await assess(app, CODE);
      await app.unitOfWork.execute('UPDATE upstream_misses SET valid_until = valid_until - 90000');

      expect(await assess(app, CODE)).toMatchObject({ state: 'completed' });
    });

    test('since the key is refused says so without the key, and is not repeated', async () => {
      await app.close();
      const wrong = await apps.open(url, stub, { environment: { GEMINI_API_KEY: 'wrong-key-that-nobody-may-see' } });
      await wrong.snapshots.refresh();

      const outcome = await findGap(wrong, CODE, CODE);

      expect(outcome).toEqual({
        kind: 'fallback',
        reason: {
          code: 'LLM_REFUSED',
          detail: 'Gemini does not accept the key (HTTP 400).',
        },
      });
      // the next ones, too, are told what it is
      expect(await findGap(wrong, OTHER, OTHER)).toEqual(outcome);
      expect(stub.requests).toHaveLength(1);
      for (const table of ['jobs', 'llm_requests', 'llm_replies', 'upstream_misses']) {
        expect(JSON.stringify(await wrong.query(`SELECT * FROM ${table}`))).not.toContain('nobody-may-see');
      }
    });

    test('since it takes too long is not repeated', async () => {
      const hasty = await apps.open(await database.create(), stub, { environment: { LLM_TIMEOUT_MS: '150' } });
      await hasty.ingest(join(folder.path, '1.0'));
      stub.failNext({ kind: 'hang' });

      expect(await assess(hasty, CODE)).toMatchObject({
        errorCode: 'LLM_UNAVAILABLE',
        errorDetail: 'Gemini did not answer within 150 ms.',
      });
      expect(stub.requests).toHaveLength(1);
    });

    // that is the same on every engine, and takes its time
    if (database.engine === 'sqlite') {
      test('is repeated twice, at growing distances', async () => {
        stub.failWhile({ kind: 'status', status: 500 });

        expect(await assess(app, CODE)).toMatchObject({ state: 'failed', errorCode: 'LLM_UNAVAILABLE' });

        const [first, second, third, ...more] = stub.requests.map(({ time }) => time);
        expect(second! - first!).toBeGreaterThanOrEqual(999);
        expect(third! - second!).toBeGreaterThanOrEqual(1999);
        expect(more).toEqual([]);
        expect((await recordedCalls(app)).map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'failed']);
      });

      test('and is repeated with success leaves no pause behind', async () => {
        stub.failNext({ kind: 'reset' });

        expect(await assess(app, CODE)).toMatchObject({ state: 'completed', attempt: 1 });

        expect((await recordedCalls(app)).map(({ outcome }) => outcome)).toEqual(['failed', 'accepted']);
        expect(await app.count('upstream_misses')).toBe(0);
      });
    }
  });

  test('that waits for its turn is not made where a pause has begun meanwhile', async () => {
    // as many have gone as may at once: the next one is due in a moment
    await app.unitOfWork.execute(
      `INSERT INTO upstream_pace (name, slots) VALUES ('gemini', ${app.unitOfWork.nowMs} + ?)`,
      [199 * 75 + 1000],
    );
    const assessing = assess(app, CODE);
    await eventually('the call is counted', async () => (await app.count('usage_counters')) > 0, 5000);
    await app.get(LlmPause).begin('Gemini has just failed.', false, null);

    expect(await assessing).toMatchObject({ state: 'failed', errorDetail: 'Gemini has just failed.' });
    expect(stub.requests).toEqual([]);
  });

  test('is made no more often in a day than allowed, by all processes together', async () => {
    const environment = { LLM_DAILY_CALL_LIMIT: '2' };
    const limited = await another(environment);
    await app.close();
    const runner = await apps.open(url, stub, { environment });
    await runner.snapshots.refresh();
    await assess(runner, CODE);
    await assess(runner, OTHER);

    for (const process of [limited, runner]) {
      expect(await findGap(process, codeOf(2), codeOf(3))).toMatchObject({
        kind: 'fallback',
        reason: { code: 'LLM_BUDGET_USED_UP', detail: expect.stringContaining('The 2 calls of the LLM') as string },
      });
    }
    expect(await assess(runner, codeOf(2))).toMatchObject({ state: 'failed', errorCode: 'LLM_BUDGET_USED_UP' });
    expect(stub.requests).toHaveLength(2);
    // what is there is there
    expect(await findGap(runner, CODE, OTHER, { descriptions: false })).toMatchObject({ kind: 'llm' });
    await runner.unitOfWork.execute("UPDATE usage_counters SET day = '2020-01-01'");
    expect(await assess(runner, codeOf(2))).toMatchObject({ state: 'completed' });
  });

  test('goes when its turn comes, by all processes together', async () => {
    const two = [await another({ LLM_CALLS_PER_MINUTE: '10' }), await another({ LLM_CALLS_PER_MINUTE: '10' })];

    const outcomes = await Promise.allSettled(
      Array.from({ length: 12 }, (_, index) => two[index % 2]!.get(LlmBudget).take(AbortSignal.timeout(500))),
    );

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    const reason = expect.objectContaining({ name: 'TimeoutError' }) as unknown;
    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual(
      new Array(10).fill({ status: 'rejected', reason }),
    );
    const [row] = await app.query<{ slots: string; now: number }>(
      `SELECT slots, ${app.unitOfWork.nowMs} AS now FROM upstream_pace`,
    );
    // each of the twelve has a time of its own
    expect(Number(row?.slots) - Number(row?.now)).toBeGreaterThan(12 * 6667 - 2000);
  });

  test('whose reply finds the database away is kept when that is back', async () => {
    const cause = new Error('connect ECONNREFUSED');
    jest.spyOn(app.get(LlmStore), 'record').mockRejectedValueOnce(new DatabaseUnavailableError('a reply came', cause));

    expect(await assess(app, CODE)).toMatchObject({ state: 'completed', attempt: 1 });
    expect(stub.requests).toHaveLength(1);
    expect((await recordedCalls(app)).map(({ outcome }) => outcome)).toEqual(['accepted']);
  });
});
