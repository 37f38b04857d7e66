import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { describeOnEveryServer } from '../support/databases';
import { eventually } from '../support/e2e/eventually';
import { gistOf, problemOf } from '../support/e2e/problems';
import { useProcesses, type ServingApi } from '../support/e2e/processes';
import { MetricsPage } from '../support/e2e/metrics';
import { startDatabaseServer, type DatabaseServer } from '../support/engines';
import { SmallRelease } from '../support/release-folder';

const GAP = '/api/v1/skill-gap-by-lvl?from=11-1011.00&to=11-1031.00';
/** Starting and stopping a database server takes its time. */
const OUTAGE_MS = 120_000;

const CLOCK_TOLERANCE_MS = 120_000;

/** Of connections that are made from now on. */
async function setTimeZone(databaseUrl: string, zone: string): Promise<void> {
  const connection = await createConnection({ uri: databaseUrl });
  await connection.query('SET GLOBAL time_zone = ?', [zone]);
  await connection.end();
}

async function readiness({ client }: ServingApi): Promise<unknown> {
  return (await client.get('/health/ready')).json();
}

describeOnEveryServer('On a database server of its own, the api', (_database, { engine, controllable }) => {
  if (!controllable) {
    test.skip('is not tested: the server at TEST_DATABASE_URL is not ours to stop and to change', () => undefined);
    return;
  }
  const processes = useProcesses();
  let server: DatabaseServer;

  beforeAll(async () => {
    server = await startDatabaseServer(engine);
  }, OUTAGE_MS);

  afterAll(() => server.dispose(), OUTAGE_MS);

  test('tells times in UTC, whatever the time zone of the server is', async () => {
    const databaseUrl = await server.createDatabase();
    await setTimeZone(databaseUrl, '+05:45');
    try {
      const api = await processes.startApi({ databaseUrl, environment: { TZ: 'America/St_Johns' } });

      const { items } = (await api.client.get('/api/v1/releases')).json() as {
        items: { created_at: string; activated_at: string }[];
      };
      const age = (time: string | undefined): number => Date.now() - Date.parse(time ?? '');
      expect(Math.abs(age(items[0]?.created_at))).toBeLessThan(CLOCK_TOLERANCE_MS);
      expect(Math.abs(age(items[0]?.activated_at))).toBeLessThan(CLOCK_TOLERANCE_MS);
    } finally {
      await setTimeZone(databaseUrl, 'SYSTEM');
    }
  });

  test(
    'answers gaps from memory while the server is away, and picks up a release that was loaded afterwards',
    async () => {
      const databaseUrl = await server.createDatabase();
      const folder = await processes.folder();
      const older = await new SmallRelease({ edition: 0 }).writeFolder(join(folder, 'db_30_1_text'));
      const newer = await new SmallRelease({ edition: 1 }).writeFolder(join(folder, 'db_30_2_text'));
      const api = await processes.startApi({ databaseUrl, environment: { ONET_DATA_DIR: older } });
      const before = await api.client.get(GAP);
      expect(before.status).toBe(200);
      expect(await readiness(api)).toEqual({
        status: 'ready',
        release: '30.1',
        database: 'up',
        redis: 'not configured',
      });

      await server.stop();

      const during = await api.client.get(GAP);
      expect([during.status, during.body, during.header('etag')]).toEqual([200, before.body, before.header('etag')]);
      expect(await readiness(api)).toEqual({
        status: 'ready',
        release: '30.1',
        database: 'down',
        redis: 'not configured',
      });
      expect((await api.client.get('/health')).json()).toEqual({ status: 'healthy' });
      await eventually(
        'the metrics say that the database is away',
        async () => (await MetricsPage.of(api.url)).value('onet_database_up') === 0,
        10_000,
      );
      const metrics = await MetricsPage.of(api.url);
      expect([metrics.value('onet_jobs'), metrics.value('onet_release_info', { release: '30.1' })]).toEqual([null, 1]);
      expect(metrics.value('onet_snapshot_unconfirmed_seconds')).toBeGreaterThan(0);
      const releases = await api.client.get('/api/v1/releases');
      expect(gistOf(releases)).toBe('503 DATABASE_UNAVAILABLE');
      expect(Number(releases.header('retry-after'))).toBeGreaterThan(0);
      expect(problemOf(releases).detail).not.toMatch(/ECONN|127\.0\.0\.1|SELECT/);
      const refused = await processes.runCli(['ingest', '--from', newer], { databaseUrl });
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(/^The database \S+ on \S+ cannot be used: nothing listens there\..*\n$/);

      await server.start();

      await eventually(
        'the database is reported as up',
        async () => JSON.stringify(await readiness(api)).includes('"up"'),
        10_000,
      );
      expect((await api.client.get('/api/v1/releases')).status).toBe(200);
      await eventually(
        'the metrics say that it is back',
        async () => (await MetricsPage.of(api.url)).value('onet_jobs') === 0,
        10_000,
      );
      const ingested = await processes.runCli(['ingest', '--from', newer], { databaseUrl });
      expect(ingested.code).toBe(0);
      await eventually(
        'the newer release is served',
        async () => (await api.client.get(GAP)).body.includes('"release":"30.2"'),
        4000,
      );
      const after = await api.client.get(GAP);
      expect(after.header('etag')).not.toBe(before.header('etag'));
      expect(api.process.hasEnded).toBe(false);
    },
    OUTAGE_MS,
  );
});
