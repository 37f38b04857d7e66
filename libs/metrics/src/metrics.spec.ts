import { setTimeout as delay } from 'node:timers/promises';
import { Metrics } from './metrics';

const LATE_MS = 2500;

describe('Metrics', () => {
  let metrics: Metrics;

  beforeEach(() => {
    metrics = new Metrics();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  /** Values of a metric by its labels, as they stand on the page. */
  async function shown(name: string): Promise<Record<string, number>> {
    const page = await metrics.page();
    const lines = page.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
    return Object.fromEntries(
      lines.map((line) => [line.slice(name.length, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
    );
  }

  it('counts and times attempts at jobs by type and outcome', async () => {
    metrics.jobEnded('import-release', 'completed', 2);
    metrics.jobEnded('import-release', 'completed', 4);
    metrics.jobEnded('import-release', 'failed', 1);

    expect(await shown('onet_job_duration_seconds_count')).toEqual({
      '{type="import-release",outcome="completed"}': 2,
      '{type="import-release",outcome="failed"}': 1,
    });
    expect(await shown('onet_job_duration_seconds_sum')).toMatchObject({
      '{type="import-release",outcome="completed"}': 6,
    });
  });

  it('adds up the rows of all tables of an ingestion', async () => {
    metrics.rowsIngested('release', [
      { landed: 10, normalised: 7, rejected: 1, unneeded: 2 },
      { landed: 5, normalised: 5, rejected: 0 },
    ]);

    expect(await shown('onet_ingestion_rows_total')).toEqual({
      '{kind="release",outcome="landed"}': 15,
      '{kind="release",outcome="normalised"}': 12,
      '{kind="release",outcome="rejected"}': 1,
      '{kind="release",outcome="unneeded"}': 2,
      '{kind="occupation",outcome="landed"}': 0,
      '{kind="occupation",outcome="normalised"}': 0,
      '{kind="occupation",outcome="rejected"}': 0,
      '{kind="occupation",outcome="unneeded"}': 0,
    });
  });

  it('counts calls of the LLM with their tokens, and its pauses', async () => {
    metrics.llmCalled({ kind: 'assessment', outcome: 'accepted', seconds: 3, promptTokens: 1000, replyTokens: 500 });
    metrics.llmCalled({ kind: 'assessment', outcome: 'failed', seconds: 1, promptTokens: 0, replyTokens: 0 });
    metrics.llmPaused();

    expect(await shown('onet_llm_call_duration_seconds_count')).toEqual({
      '{kind="assessment",outcome="accepted"}': 1,
      '{kind="assessment",outcome="failed"}': 1,
    });
    expect(await shown('onet_llm_tokens_total')).toEqual({
      '{kind="assessment",direction="prompt"}': 1000,
      '{kind="assessment",direction="reply"}': 500,
    });
    expect(await shown('onet_llm_pauses_total')).toEqual({ '': 1 });
  });

  it('counts requests to the Web Services by what came of them', async () => {
    metrics.upstreamAnswered('ok', 0.2);
    metrics.upstreamAnswered('timeout', 10);

    expect(await shown('onet_upstream_request_duration_seconds_count')).toEqual({
      '{outcome="ok"}': 1,
      '{outcome="timeout"}': 1,
    });
  });

  it('shows what is expected before it happens, and counts it from there', async () => {
    metrics.expectJobs(['import-release']);
    metrics.expectUpstream(['bad-credentials']);
    metrics.expectLlm(['gap']);
    metrics.upstreamAnswered('bad-credentials', 0.1);

    expect(await shown('onet_job_duration_seconds_count')).toEqual({
      '{type="import-release",outcome="completed"}': 0,
      '{type="import-release",outcome="failed"}': 0,
    });
    expect(await shown('onet_upstream_request_duration_seconds_count')).toEqual({ '{outcome="bad_credentials"}': 1 });
    expect(await shown('onet_llm_call_duration_seconds_count')).toEqual({
      '{kind="gap",outcome="accepted"}': 0,
      '{kind="gap",outcome="rejected"}': 0,
      '{kind="gap",outcome="failed"}': 0,
    });
  });

  it('shows the values that a gauge has now, and none of those that are gone', async () => {
    let queues = ['a', 'b'];
    metrics.gauge({ name: 'depth', help: 'Depth.', labels: ['queue'] }, () =>
      queues.map((queue) => ({ labels: { queue }, value: queue.length })),
    );

    expect(await shown('depth')).toEqual({ '{queue="a"}': 1, '{queue="b"}': 1 });
    queues = ['bcd'];
    expect(await shown('depth')).toEqual({ '{queue="bcd"}': 3 });
  });

  it('shows a gauge without labels only while it has a value', async () => {
    let age: number | null = 0;
    metrics.gauge({ name: 'age', help: 'Age.' }, () => (age === null ? [] : [{ labels: {}, value: age }]));

    expect(await shown('age')).toEqual({ '': 0 });
    age = null;
    expect(await shown('age')).toEqual({});
  });

  it('looks things up once for all who ask within some seconds', async () => {
    jest.useFakeTimers();
    const look = jest.fn(() => Promise.resolve([{ labels: {}, value: 7 }]));
    metrics.lookUp({ name: 'left', help: 'Left.' }, look);

    await Promise.all([shown('left'), shown('left')]);
    expect(await shown('left')).toEqual({ '': 7 });
    expect(look).toHaveBeenCalledTimes(1);

    jest.advanceTimersByTime(5001);
    await shown('left');
    expect(look).toHaveBeenCalledTimes(2);
  });

  it('comes without what cannot be looked up, and with everything else', async () => {
    metrics.lookUp({ name: 'left', help: 'Left.' }, () => Promise.reject(new Error('away')));
    metrics.lookUp({ name: 'up', help: 'Up.' }, () => Promise.resolve([{ labels: {}, value: 0 }]));

    expect(await shown('left')).toEqual({});
    expect(await shown('up')).toEqual({ '': 0 });
  });

  it('does not wait for what takes long, and does not look for it twice at a time', async () => {
    let answer: (found: { labels: object; value: number }[]) => void = () => undefined;
    const look = jest.fn(() => new Promise<{ labels: object; value: number }[]>((resolve) => (answer = resolve)));
    metrics.lookUp({ name: 'left', help: 'Left.' }, look);

    const begun = performance.now();
    expect(await Promise.all([shown('left'), shown('left')])).toEqual([{}, {}]);
    expect(performance.now() - begun).toBeLessThan(LATE_MS + 1000);
    expect(look).toHaveBeenCalledTimes(1);

    answer([{ labels: {}, value: 3 }]);
    await delay(0);
    expect(await shown('left')).toEqual({ '': 3 });
    expect(look).toHaveBeenCalledTimes(1);
  });
});
