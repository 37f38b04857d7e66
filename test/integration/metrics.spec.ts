import { join } from 'node:path';
import { DatabaseHealth, EVERYTHING, UpstreamMissesService } from '@app/database';
import { IMPORT_RELEASE, PULL_OCCUPATION, type ImportReleasePayload } from '@app/ingestion';
import { JobsService } from '@app/jobs';
import { Metrics } from '@app/metrics';
import { JobLedger } from '../../libs/jobs/src/job-ledger';
import { RequestBudget } from '../../libs/onet-client/src/budget/request-budget';
import { describeOnEveryDatabase } from '../support/databases';
import { MetricsPage } from '../support/e2e/metrics';
import { type IngestionApp, useIngestionApps } from '../support/ingestion-app';
import { SmallRelease } from '../support/release-folder';
import { soc } from '../support/snapshots';
import { useTemporaryFolder } from '../support/temporary-folder';

const CREDENTIALS = { ONET_API_KEY: 'a-key', ONET_API_BASE_URL: 'http://127.0.0.1:9', ONET_DAILY_REQUEST_LIMIT: '100' };
/** Within this a page comes, whatever is away. */
const COMES_WITHIN_MS = 4000;

const pageOf = async (app: IngestionApp): Promise<MetricsPage> => MetricsPage.parse(await app.get(Metrics).page());

describeOnEveryDatabase('The page of metrics', (database) => {
  const folder = useTemporaryFolder();
  const apps = useIngestionApps();
  let app: IngestionApp;

  beforeEach(async () => {
    app = await apps.open(await database.create(), CREDENTIALS);
  });

  /** Asks for jobs that nobody in this process runs; returns their ids. */
  async function ask(count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let i = 0; i < count; i++) {
      const payload = { code: soc(`11-1011.0${i}`) };
      ids.push((await app.get(JobsService).request(PULL_OCCUPATION, payload, { requestedBy: 'a test' })).job.id);
    }
    return ids;
  }

  test('tells how many jobs of each queue wait and run, and none of those that are over', async () => {
    const [running = '', over = ''] = await ask(4);
    await app.get(JobLedger).claim(running, 'a test');
    await app.get(JobsService).cancel(over);
    const payload: ImportReleasePayload = { source: 'path', path: '/nowhere' };
    await app.get(JobsService).request(IMPORT_RELEASE, payload, { requestedBy: 'a test' });

    const page = await pageOf(app);

    expect(page.value('onet_jobs', { queue: PULL_OCCUPATION.queue, state: 'queued' })).toBe(2);
    expect(page.value('onet_jobs', { queue: PULL_OCCUPATION.queue, state: 'active' })).toBe(1);
    expect(page.value('onet_jobs', { queue: IMPORT_RELEASE.queue, state: 'queued' })).toBe(1);
    expect(page.value('onet_jobs', { queue: IMPORT_RELEASE.queue, state: 'active' })).toBe(0);
    expect(page.labelValues('onet_jobs', 'state').sort()).toEqual(['active', 'queued']);
  });

  test('asks the ledger once for all who look within some seconds', async () => {
    const before = await pageOf(app);
    await ask(2);

    expect(before.value('onet_jobs')).toBe(0);
    expect((await pageOf(app)).value('onet_jobs')).toBe(0);
  });

  test('tells what is left of the day of the Web Services, and for how long they are left alone', async () => {
    const { signal } = new AbortController();
    for (let i = 0; i < 3; i++) await app.get(RequestBudget).take(signal);
    const miss = { reason: 'unavailable', detail: 'Away.', askedAt: new Date(), forMs: 30_000 } as const;
    await app.get(UpstreamMissesService).remember(EVERYTHING, miss);

    const page = await pageOf(app);

    expect(page.value('onet_upstream_daily_requests')).toBe(100);
    expect(page.value('onet_upstream_daily_requests_left')).toBe(97);
    expect(page.value('onet_upstream_pause_seconds')).toBeGreaterThan(15);
    expect(page.value('onet_upstream_pause_seconds')).toBeLessThanOrEqual(30);
  });

  test('tells what was ingested, and what is served of it', async () => {
    expect((await pageOf(app)).value('onet_release_info')).toBeNull();
    const report = await app.ingest(await new SmallRelease().writeFolder(join(folder.path, '30.1')));

    const page = await pageOf(app);

    const rows = Object.values(report.tables);
    for (const outcome of ['landed', 'normalised', 'rejected'] as const) {
      const expected = rows.reduce((sum, table) => sum + table[outcome], 0);
      expect(page.value('onet_ingestion_rows_total', { kind: 'release', outcome })).toBe(expected);
    }
    const done = { type: 'import-release', outcome: 'completed' };
    expect(page.value('onet_job_duration_seconds_count', done)).toBe(1);
    const release = { release: report.version, release_id: String(report.releaseId), source: 'text' };
    expect(page.value('onet_release_info', release)).toBe(1);
    expect(page.value('onet_snapshot_age_seconds')).toBeLessThan(60);
  });

  test('comes without what the database has, and in time, while the database does not answer', async () => {
    const never = new Promise<never>(() => undefined);
    jest.spyOn(app.unitOfWork, 'query').mockReturnValue(never);
    jest.spyOn(app.get(DatabaseHealth), 'isUp').mockResolvedValue(false);

    const asked = performance.now();
    const [page] = await Promise.all([pageOf(app), pageOf(app), pageOf(app)]);

    expect(performance.now() - asked).toBeLessThan(COMES_WITHIN_MS);
    expect(page.value('onet_database_up')).toBe(0);
    expect([page.value('onet_jobs'), page.value('onet_upstream_daily_requests_left')]).toEqual([null, null]);
    expect(page.value('onet_upstream_daily_requests')).toBe(100);
    // the ledger, what is left and the pause: each once, however many look
    expect(jest.mocked(app.unitOfWork.query)).toHaveBeenCalledTimes(3);
  });

  test('says that the database is away once it is', async () => {
    await app.dataSource.destroy();

    const page = await pageOf(app);

    expect([page.value('onet_database_up'), page.value('onet_jobs')]).toEqual([0, null]);
  });
});
