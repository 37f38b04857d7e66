import { join } from 'node:path';
import { bearer } from '../support/e2e/admin-client';
import { eventually } from '../support/e2e/eventually';
import { send } from '../support/e2e/http';
import { MetricsPage } from '../support/e2e/metrics';
import { gistOf } from '../support/e2e/problems';
import { useGeminiStub } from '../support/gemini/use-gemini-stub';
import { OnetStub } from '../support/onet-web-services/onet-stub';
import { levelGapPath, strictGapPath } from '../support/pulls/paths';
import { describeInEveryMode, type Pulling } from '../support/pulls/pulling';
import { explainedAlerts, monitoringReferences, watchedIncreases } from '../support/e2e/monitoring';
import { referencesOf } from '../support/e2e/promql';
import { codeOf, SmallRelease } from '../support/release-folder';
import { useProcesses } from '../support/e2e/processes';

const LONG_MS = 120_000;
const WITHIN_MS = 15_000;
const KEY = 'the-key-of-prometheus';
/** Labels that Prometheus adds by itself. */
const OF_PROMETHEUS = ['job', 'instance'];

const REQUESTS = 'onet_http_request_duration_seconds_count';
const JOBS = 'onet_job_duration_seconds_count';
const ROWS = 'onet_ingestion_rows_total';
const UPSTREAM = 'onet_upstream_request_duration_seconds_count';
const LLM = 'onet_llm_call_duration_seconds_count';

/** What api and runner of jobs tell; with the api alone both are the same. */
async function pagesOf({ api, runner }: Pulling): Promise<{ api: MetricsPage; runner: MetricsPage }> {
  const port = /worker ready; health on port (\d+)/.exec(runner.stdout)?.[1];
  const page = await MetricsPage.of(api.url);
  return { api: page, runner: port === undefined ? page : await MetricsPage.of(`http://127.0.0.1:${port}`) };
}

describeInEveryMode('The metrics', (mode) => {
  const onet = OnetStub.fromRelease(new SmallRelease({ rated: 40 }));
  beforeEach(() => onet.start());
  afterEach(() => onet.stop());
  const gemini = useGeminiStub();

  test(
    'move with what requests, jobs, pulls, ingestions and the LLM do, and have all that dashboard and alerts ask for',
    async () => {
      const environment = { GEMINI_API_KEY: gemini.key, GEMINI_BASE_URL: gemini.url, LLM_WAIT_MS: '60000' };
      const pulling = await mode.start(onet, { environment });
      const { api, admin, query } = pulling;
      await eventually(
        'the credentials were tried',
        async () => {
          const { runner } = await pagesOf(pulling);
          return (runner.value(UPSTREAM, { outcome: 'ok' }) ?? 0) > 0;
        },
        WITHIN_MS,
      );
      const before = await pagesOf(pulling);
      const increases = await watchedIncreases();
      // the first of a series that was not there before is none to Prometheus
      expect(increases.filter(({ metric, labels }) => before.runner.value(metric, labels) === null)).toEqual([]);
      expect(increases.length).toBeGreaterThan(8);

      for (let i = 0; i < 3; i++) expect((await api.client.get(strictGapPath(0, 1))).status).toBe(200);
      for (const path of ['/one/secret', '/another?x=1']) expect((await api.client.get(path)).status).toBe(404);
      expect((await api.client.get(strictGapPath(0, 90))).status).toBe(404);
      expect((await api.client.get(levelGapPath(20, 0))).status).toBe(200);
      const folder = join(pulling.options.environment?.['ONET_DATA_ROOT'] ?? '', '30.2');
      const release = new SmallRelease({ edition: 1 });
      await release.writeFolder(folder);
      await admin.ended(await admin.ingest({ source: 'directory', path: '30.2' }));
      const llmGap = `/api/v1/skill-gap-llm?from=${codeOf(0)}&to=${codeOf(1)}`;
      expect((await api.client.get(llmGap)).json()).toMatchObject({ assessment: 'llm' });
      const unfinished = "SELECT id FROM jobs WHERE state IN ('queued', 'active')";
      await eventually('all jobs are over', async () => (await query(unfinished)).length === 0, WITHIN_MS);
      let after = await pagesOf(pulling);
      await eventually(
        'what is looked up was looked up again',
        async () => {
          after = await pagesOf(pulling);
          return (after.api.value('onet_llm_daily_calls_left') ?? 0) < 2000 && after.api.value('onet_jobs') === 0;
        },
        WITHIN_MS,
      );

      const gaps = { route: '/api/v1/skill-gap', method: 'GET' };
      expect(after.api.value(REQUESTS, { ...gaps, status: '200' })).toBe(3);
      expect(after.api.value(REQUESTS, { ...gaps, status: '404' })).toBe(1);
      expect(after.api.value(REQUESTS, { route: 'none', status: '404' })).toBe(2);
      const routes = after.api.labelValues(REQUESTS, 'route');
      expect(routes.filter((route) => /secret|another|\d\d-\d{4}|\?/.test(route))).toEqual([]);

      const { runner } = after;
      // the occupation that nobody knows was looked for as well
      expect(runner.value(JOBS, { type: 'pull-occupation', outcome: 'completed' })).toBe(2);
      expect(runner.value(JOBS, { type: 'import-release', outcome: 'completed' })).toBeGreaterThanOrEqual(1);
      expect(runner.value(JOBS, { type: 'assess-occupation', outcome: 'completed' })).toBe(2);
      expect(runner.value(JOBS, { outcome: 'failed' })).toBe(0);
      expect(runner.value(UPSTREAM, { outcome: 'ok' })).toBeGreaterThan(before.runner.value(UPSTREAM) ?? 0);
      const landed = { kind: 'release', outcome: 'landed' };
      expect((runner.value(ROWS, landed) ?? 0) - (before.runner.value(ROWS, landed) ?? 0)).toBeGreaterThan(0);
      expect(runner.value(ROWS, { kind: 'occupation', outcome: 'normalised' })).toBeGreaterThan(0);
      expect(runner.value(LLM, { kind: 'assessment', outcome: 'accepted' })).toBe(2);
      expect(runner.value('onet_llm_tokens_total', { direction: 'reply' })).toBeGreaterThan(0);

      for (const page of [after.api, runner]) {
        expect(page.value('onet_database_up')).toBe(1);
        expect(page.value('onet_redis_up')).toBe(mode.kind === 'distributed' ? 1 : null);
        expect(page.value('onet_jobs', { queue: 'ingestion', state: 'queued' })).toBe(0);
        expect(page.value('onet_llm_daily_calls')).toBe(2000);
        expect(page.value('onet_upstream_daily_requests')).toBe(50_000);
        expect(page.value('onet_upstream_daily_requests_left')).toBeLessThan(50_000);
        expect(page.value('onet_llm_pause_seconds')).toBe(0);
        expect(page.value('process_resident_memory_bytes')).toBeGreaterThan(1e7);
        expect(page.value('nodejs_eventloop_lag_p99_seconds')).not.toBeNull();
      }
      expect(after.api.value('onet_release_info', { release: '30.2', source: 'text' })).toBe(1);
      expect(after.api.value('onet_release_info')).toBe(1);
      expect(after.api.value('onet_snapshot_unconfirmed_seconds')).toBeLessThan(10);
      expect(after.api.value('onet_snapshot_revision')).toBeGreaterThan(
        before.api.value('onet_snapshot_revision') ?? 0,
      );

      const known = new Map([...runner.labelsByName, ...after.api.labelsByName]);
      const { selectors, groupedBy, expressions } = await monitoringReferences();
      // there is no Redis with the api alone, and `up` is Prometheus' own
      const elsewhere = mode.kind === 'embedded' ? ['up', 'onet_redis_up'] : ['up'];
      const unknown = selectors.flatMap(({ metric, labels }) => {
        if (elsewhere.includes(metric)) return [];
        const has = known.get(metric);
        if (has === undefined) return [metric];
        return labels
          .filter((label) => !has.has(label) && !OF_PROMETHEUS.includes(label))
          .map((label) => `${metric}{${label}}`);
      });
      expect(unknown).toEqual([]);
      const labels = new Set([...OF_PROMETHEUS, ...[...known.values()].flatMap((names) => [...names])]);
      expect(groupedBy.filter((label) => !labels.has(label))).toEqual([]);
      expect(expressions).toBeGreaterThan(40);
    },
    LONG_MS,
  );

  test(
    'tell what the Web Services and the LLM could not do, and for how long they are left alone',
    async () => {
      const environment = { GEMINI_API_KEY: gemini.key, GEMINI_BASE_URL: gemini.url, LLM_WAIT_MS: '60000' };
      const pulling = await mode.start(onet, { environment });
      await pulling.runner.shows(/accept our credentials/);
      onet.failWhile({ kind: 'status', status: 401 });
      gemini.failWhile({ kind: 'status', status: 403 });

      expect(gistOf(await pulling.api.client.get(levelGapPath(20, 0)))).toBe('503 ONET_UNAVAILABLE');
      const llmGap = `/api/v1/skill-gap-llm?from=${codeOf(0)}&to=${codeOf(1)}`;
      expect((await send(pulling.api.url, { path: llmGap })).json()).toMatchObject({ assessment: 'fallback' });

      let pages = await pagesOf(pulling);
      await eventually(
        'the pauses are told',
        async () => {
          pages = await pagesOf(pulling);
          const { api } = pages;
          return (api.value('onet_llm_pause_seconds') ?? 0) > 0 && (api.value('onet_upstream_pause_seconds') ?? 0) > 0;
        },
        WITHIN_MS,
      );
      expect(pages.runner.value(UPSTREAM, { outcome: 'bad_credentials' })).toBeGreaterThan(0);
      expect(pages.runner.value(LLM, { kind: 'assessment', outcome: 'failed' })).toBeGreaterThan(0);
      expect(pages.runner.value('onet_llm_pauses_total')).toBeGreaterThan(0);
      expect(pages.runner.value(JOBS, { type: 'pull-occupation', outcome: 'failed' })).toBe(1);
      expect(pages.api.value('onet_llm_pause_seconds')).toBeLessThanOrEqual(60);
    },
    LONG_MS,
  );
});

describe('The metrics are shown', () => {
  const processes = useProcesses();

  test('to anybody while nobody but this machine can ask', async () => {
    const api = await processes.startApi();

    const answer = await api.client.get('/metrics');

    expect([answer.status, answer.header('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(answer.header('cache-control')).toBe('no-store');
  });

  test.each<[string, Record<string, string>]>([
    ['where others can ask', { HOST: '0.0.0.0', METRICS_KEYS: KEY }],
    ['where keys are set for it', { METRICS_KEYS: KEY }],
    ['where a proxy may stand before it', { TRUST_PROXY: 'true' }],
  ])('to holders of a key only %s', async (_, given) => {
    const environment = { ADMIN_API_KEYS: 'the-key-of-an-admin', ...given };
    const { client } = await processes.startApi({ environment });

    const without = await client.get('/metrics');
    expect([gistOf(without), without.header('www-authenticate')]).toEqual(['401 UNAUTHENTICATED', 'Bearer']);
    expect(gistOf(await client.get('/metrics', bearer('some-other-key-there-is')))).toBe('403 FORBIDDEN');
    expect((await client.get('/metrics', bearer('the-key-of-an-admin'))).status).toBe(200);
    if ('METRICS_KEYS' in given) expect((await client.get('/metrics', bearer(KEY))).status).toBe(200);
  });

  test('by a key that opens nothing else', async () => {
    const environment = { ADMIN_API_KEYS: 'the-key-of-an-admin', METRICS_KEYS: KEY };
    const { client } = await processes.startApi({ environment });

    expect(gistOf(await client.get('/api/v1/admin/jobs', bearer(KEY)))).toBe('403 FORBIDDEN');
  });
});

describeInEveryMode('The metrics of a process that needs a key for them', (mode) => {
  const onet = OnetStub.fromRelease(new SmallRelease());
  beforeEach(() => onet.start());
  afterEach(() => onet.stop());

  test('are opened by the same keys in the api and in the process that runs jobs', async () => {
    const { runner, api } = await mode.start(onet, { environment: { METRICS_KEYS: KEY } });
    const port = /worker ready; health on port (\d+)/.exec(runner.stdout)?.[1];
    const url = port === undefined ? api.url : `http://127.0.0.1:${port}`;

    expect((await send(url, { path: '/metrics' })).status).toBe(401);
    expect((await send(url, { path: '/metrics', headers: bearer('some-other-key-there-is') })).status).toBe(403);
    expect((await MetricsPage.of(url, KEY)).value('process_cpu_seconds_total')).toBeGreaterThan(0);
  });
});

describe('The alert rules', () => {
  test('are each explained in the runbook, and nothing else is', async () => {
    const { alerts, explained } = await explainedAlerts();

    expect(explained).toEqual(alerts);
    expect(alerts.length).toBeGreaterThan(15);
  });

  test('are read with every metric and label that they name', () => {
    const read = referencesOf(
      'sum by (le, job) (rate(a_total{x="y, z{",w!~"v"}[5m])) / 1e3 > 0.5 * max(b) and on (q) c == 0',
    );

    expect(read.selectors).toEqual([
      { metric: 'a_total', labels: ['x', 'w'] },
      { metric: 'b', labels: [] },
      { metric: 'c', labels: [] },
    ]);
    expect(read.groupedBy).toEqual(['le', 'job', 'q']);
    expect(() => referencesOf('a ^ b')).toThrow('Not understood');
  });
});
