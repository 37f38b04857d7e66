import { join } from 'node:path';
import { describeOnEveryServer } from '../support/databases';
import { AdminClient, servedVersion } from '../support/e2e/admin-client';
import { type JobEvent, parseEvents } from '../support/e2e/event-stream';
import { eventually } from '../support/e2e/eventually';
import { send } from '../support/e2e/http';
import { ADMIN_KEY, type ProcessOptions, useProcesses } from '../support/e2e/processes';
import type { RedisServer } from '../support/engines';
import { describeWithRedis, testOnOwnRedis, useRedis } from '../support/redis';
import { SmallRelease } from '../support/release-folder';

/** Enough lines that an ingestion takes some seconds; not all of them are of use. */
const MANY = 16_000;
const SERVED_WITHIN_MS = 3000;
/** The worker looks every ten seconds for jobs that Redis does not know of. */
const FOUND_WITHIN_MS = 30_000;
const NOTICED_WITHIN_MS = 10_000;
/** Several of these things one after the other. */
const LONG_MS = 120_000;

const DASHBOARD = '/admin/queues';

function basic(password: string): { readonly authorization: string } {
  return { authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}` };
}

async function readiness(url: string): Promise<readonly [number, unknown]> {
  const answer = await send(url, { path: '/health/ready' });
  return [answer.status, answer.json()];
}

describeWithRedis('With workers, the api', () => {
  describeOnEveryServer('on a database server', (database) => {
    const processes = useProcesses();
    const redis = useRedis();

    /** What api and workers share, with a small release 30.1 that is loaded at first. */
    async function deployment(): Promise<{ root: string; server: RedisServer; options: ProcessOptions }> {
      const root = await processes.folder();
      const first = await new SmallRelease().writeFolder(join(root, '30.1'));
      const server = await redis.start();
      const environment = { REDIS_URL: server.url, ONET_DATA_ROOT: root, ONET_DATA_DIR: first };
      return { root, server, options: { databaseUrl: await database.create(), environment } };
    }

    test('has an ingestion done by a worker, tells how far it is, and serves the new release', async () => {
      const { root, options } = await deployment();
      await new SmallRelease({ rated: MANY, edition: 1 }).writeFolder(join(root, '30.2'));
      const [api, replica] = [await processes.startApi(options), await processes.startApi(options)];
      const worker = await processes.startWorker(options);
      const admin = new AdminClient(api.client);

      const id = await admin.ingest({ source: 'directory', path: '30.2' });
      await admin.begun(id);
      const { body } = await replica.client.get(`/api/v1/jobs/${id}/events`);

      const events: JobEvent[] = parseEvents(body);
      expect(events.at(-1)?.job).toMatchObject({ id, state: 'completed', attempt: 1, error: null });
      expect(events.filter(({ job }) => (job.progress?.done ?? 0) > 0).length).toBeGreaterThanOrEqual(2);
      for (const { client } of [api, replica]) {
        await eventually('it is served', async () => (await servedVersion(client)) === '30.2', SERVED_WITHIN_MS);
      }
      expect(worker.process.stdout).toContain(`import-release ${id} is done`);
      expect((await api.client.get('/health/ready')).json()).toMatchObject({ database: 'up', redis: 'up' });
      for (const { process } of [api, replica, worker]) {
        expect(process.stdout + process.stderr).not.toMatch(/WARN|ERROR|^\s+at /m);
      }
    });

    test('leaves jobs to workers: a job waits until there is one, and is then begun at once', async () => {
      const { options } = await deployment();
      const api = await processes.startApi(options);
      const admin = new AdminClient(api.client);

      const id = await admin.ingest({ source: 'directory', path: '30.1' });
      const other = await admin.ingest({ source: 'directory', path: '30.1', release: '30.2' });
      const cancelled = await admin.post(`/jobs/${other}/cancel`);
      const before = await admin.job(id);
      await processes.startWorker(options);
      const ended = await admin.ended(id);

      expect(before).toMatchObject({ state: 'queued', attempt: 0 });
      expect(cancelled.json()).toMatchObject({ state: 'cancelled' });
      expect(ended).toMatchObject({ state: 'completed', attempt: 1 });
      expect(await admin.job(other)).toMatchObject({ state: 'cancelled', attempt: 0 });
    });

    test('stops a job that a worker is at, and lets it be run again', async () => {
      const { root, options } = await deployment();
      await new SmallRelease({ rated: MANY, edition: 1 }).writeFolder(join(root, '30.2'));
      const admin = new AdminClient((await processes.startApi(options)).client);
      await processes.startWorker(options);
      const id = await admin.ingest({ source: 'directory', path: '30.2' });
      await admin.underWay(id);

      await admin.post(`/jobs/${id}/cancel`);
      const stopped = await admin.ended(id);
      await new SmallRelease({ edition: 2 }).writeFolder(join(root, '30.2'));
      await admin.post(`/jobs/${id}/retry`);
      const ended = await admin.ended(id);

      expect(stopped).toMatchObject({ state: 'cancelled', attempt: 1 });
      expect(ended).toMatchObject({ state: 'completed', attempt: 2 });
    });

    test('has the command line queue an ingestion, which shows what came of it', async () => {
      const { root, options } = await deployment();
      const path = await new SmallRelease({ rated: 12, edition: 1 }).writeFolder(join(root, 'db_30_2_text'));
      const api = await processes.startApi(options);
      const worker = await processes.startWorker(options);

      const cli = await processes.runCli(['ingest', '--from', path, '--queue'], options);

      const [, id = ''] = /^Job ([0-9a-f-]{36}) is queued\.$/m.exec(cli.stdout) ?? [];
      expect([cli.code, cli.stderr]).toEqual([0, '']);
      expect(cli.stdout).toMatch(
        /^O\*NET release 30\.2 \(text release from db_30_2_text\): 14 occupations, 12 of them rated\./m,
      );
      expect(cli.stdout).toMatch(/Release 2 is active: it is served from now on\.\n$/);
      expect(worker.process.stdout).toContain(`import-release ${id} is done`);
      await eventually('it is served', async () => (await servedVersion(api.client)) === '30.2', SERVED_WITHIN_MS);
    });

    test('has the command line say why a queued ingestion failed', async () => {
      const { root, options } = await deployment();
      const path = await new SmallRelease().removeFile('Skills.txt').writeFolder(join(root, '30.2'));
      await processes.startApi(options);
      await processes.startWorker(options);

      const cli = await processes.runCli(['ingest', '--from', path, '--queue'], options);

      expect([cli.code, cli.stderr]).toEqual([
        1,
        '30.2 is no O*NET text release: it lacks Skills.txt (or, from release 30.3 on, Essential Skills.txt and Transferable Skills.txt).\n',
      ]);
    });

    test('shows the queues to whoever has the key, and only shows them', async () => {
      const { options } = await deployment();
      const api = await processes.startApi(options);
      await new AdminClient(api.client).ingest({ source: 'directory', path: '30.1' });
      const ask = (path: string, headers = {}, method = 'GET') => send(api.url, { method, path, headers });

      const refused = await Promise.all(
        [DASHBOARD, `${DASHBOARD}/`, `${DASHBOARD}/api/queues`, '/%61dmin/queues'].map((path) => ask(path)),
      );
      const wrong = await ask(DASHBOARD, basic('a-key-that-opens-nothing-here'));
      const page = await ask(DASHBOARD, basic(ADMIN_KEY));
      const queues = await ask(`${DASHBOARD}/api/queues`, basic(ADMIN_KEY));
      const pause = await ask(`${DASHBOARD}/api/queues/ingestion/pause`, basic(ADMIN_KEY), 'PUT');

      expect(refused.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
      expect(refused.map((answer) => answer.header('www-authenticate'))).toEqual(
        refused.map(() => 'Basic realm="admin", charset="UTF-8"'),
      );
      expect([wrong.status, wrong.headers['www-authenticate']]).toEqual([401, expect.stringContaining('Basic')]);
      expect([page.status, page.mediaType]).toEqual([200, 'text/html']);
      expect(page.body).toContain('onet-skill-gap');
      expect(queues.json()).toMatchObject({
        queues: [
          { name: 'ingestion', readOnlyMode: true, counts: { waiting: 1 } },
          { name: 'onet', readOnlyMode: true, counts: { waiting: 0 } },
          { name: 'llm', readOnlyMode: true, counts: { waiting: 0 } },
          { name: 'llm-bulk', readOnlyMode: true, counts: { waiting: 0 } },
          { name: 'llm-plans', readOnlyMode: true, counts: { waiting: 0 } },
        ],
      });
      expect(pause.status).toBeGreaterThanOrEqual(400);
    });

    testOnOwnRedis(
      'takes an ingestion while Redis is away, and it is run once Redis is back',
      async () => {
        const { options, server } = await deployment();
        const admin = new AdminClient((await processes.startApi(options)).client);
        const worker = await processes.startWorker(options);
        await server.stop();
        const redisIsSeen = async (state: string): Promise<boolean> =>
          JSON.stringify((await admin.client.get('/health/ready')).json()).includes(`"redis":"${state}"`);
        await eventually('the api knows that Redis is away', () => redisIsSeen('down'), NOTICED_WITHIN_MS);

        const asked = Date.now();
        const id = await admin.ingest({ source: 'directory', path: '30.1', release: '30.2' });
        const answeredAfter = Date.now() - asked;
        const before = await admin.job(id);
        const away = await readiness(worker.url);
        await server.start();
        const ended = await admin.ended(id, FOUND_WITHIN_MS);

        expect(answeredAfter).toBeLessThan(1000);
        expect(before).toMatchObject({ state: 'queued', attempt: 0 });
        expect(away).toEqual([503, { status: 'not ready', database: 'up', redis: 'down' }]);
        expect(ended).toMatchObject({ state: 'completed', attempt: 1 });
        await eventually('the api sees Redis again', () => redisIsSeen('up'), NOTICED_WITHIN_MS);
        expect(await readiness(worker.url)).toEqual([200, { status: 'ready', database: 'up', redis: 'up' }]);
        // once, not at every attempt to connect
        expect(worker.process.stdout.match(/Redis is away/g)?.length).toBe(1);
      },
      LONG_MS,
    );
  });
});

describe('Without Redis, the api', () => {
  const processes = useProcesses();

  test('has no queues to show', async () => {
    const api = await processes.startApi({ environment: { ADMIN_API_KEYS: ADMIN_KEY } });

    const { status } = await api.client.get(DASHBOARD, basic(ADMIN_KEY));

    expect(status).toBe(404);
  });
});

describe('With SQLite', () => {
  const processes = useProcesses();

  test.each(['api', 'worker'])('the %s does not take a Redis, and says why', async (program) => {
    const environment = { REDIS_URL: 'redis://:geheim@127.0.0.1:6379' };
    const launched = program === 'api' ? processes.launchApi({ environment }) : processes.launchWorker({ environment });

    const ending = await (await launched).end();

    expect([ending.code, ending.stdout, ending.stderr]).toEqual([
      1,
      '',
      'The configuration is not usable:\n' +
        '  REDIS_URL goes with MySQL or MariaDB only: workers in other processes cannot share an SQLite file. ' +
        'Set DATABASE_URL to mysql://…, or leave REDIS_URL out.\n',
    ]);
  });
});
