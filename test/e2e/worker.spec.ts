import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeOnEveryServer } from '../support/databases';
import { AdminClient } from '../support/e2e/admin-client';
import { eventually } from '../support/e2e/eventually';
import { send } from '../support/e2e/http';
import { type RunningWorker, useProcesses } from '../support/e2e/processes';
import { describeWithRedis, testOnOwnRedis, useRedis } from '../support/redis';
import { SmallRelease } from '../support/release-folder';
import { useStubServer } from '../support/stub-server';

/** Enough lines that an ingestion takes some seconds; not all of them are of use. */
const MANY = 16_000;
/** Some platforms kill a process 10 s after they asked it to end. */
const ENDS_WITHIN_MS = 9000;
const NOTICED_WITHIN_MS = 10_000;
/** Several of these things one after the other. */
const LONG_MS = 120_000;

interface Listed {
  readonly version: string;
  readonly status: string;
}

async function readiness(url: string): Promise<readonly [number, unknown]> {
  const answer = await send(url, { path: '/health/ready' });
  return [answer.status, answer.json()];
}

describeWithRedis('A worker', () => {
  describeOnEveryServer('on a database server', (database) => {
    const processes = useProcesses();
    const redis = useRedis();
    const stub = useStubServer();

    async function startIdle(): Promise<RunningWorker> {
      const { url } = await redis.start();
      const options = { databaseUrl: await database.create(), environment: { REDIS_URL: url } };
      return processes.startWorker(options);
    }

    test('says that it lives and takes jobs, and serves nothing else', async () => {
      const worker = await startIdle();

      const health = await send(worker.url, { path: '/health' });
      const elsewhere = await Promise.all(
        ['/', '/docs', '/api/v1/releases', '/api/v1/admin/jobs'].map((path) => send(worker.url, { path })),
      );

      expect([health.status, health.json()]).toEqual([200, { status: 'healthy' }]);
      expect(await readiness(worker.url)).toEqual([200, { status: 'ready', database: 'up', redis: 'up' }]);
      expect(elsewhere.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    });

    test.each(['SIGTERM', 'SIGINT'] as const)('that is idle ends at once with code 0 on %s', async (signal) => {
      const worker = await startIdle();

      const told = Date.now();
      worker.process.send(signal);
      const ending = await worker.process.end(ENDS_WITHIN_MS);

      expect([ending.code, ending.signal, ending.stderr]).toEqual([0, null, '']);
      expect(Date.now() - told).toBeLessThan(3000);
      expect(ending.stdout).not.toMatch(/WARN|ERROR/);
    });

    testOnOwnRedis('ends in time with code 0 while Redis is away', async () => {
      const server = await redis.start();
      const worker = await processes.startWorker({
        databaseUrl: await database.create(),
        environment: { REDIS_URL: server.url },
      });
      await server.stop();
      await eventually('the worker knows', async () => (await readiness(worker.url))[0] === 503, NOTICED_WITHIN_MS);

      worker.process.send('SIGTERM');
      const ending = await worker.process.end(ENDS_WITHIN_MS);

      expect([ending.code, ending.signal]).toEqual([0, null]);
    });

    test(
      'that is told to end in the middle of an import ends in time, and what it leaves is done by another one',
      async () => {
        const root = await processes.folder();
        const first = await new SmallRelease().writeFolder(join(root, '30.1'));
        await new SmallRelease({ rated: MANY, edition: 1 }).writeFolder(join(root, 'big'));
        const environment = { REDIS_URL: (await redis.start()).url, ONET_DATA_ROOT: root, ONET_DATA_DIR: first };
        const options = { databaseUrl: await database.create(), environment };
        const admin = new AdminClient((await processes.startApi(options)).client);
        const worker = await processes.startWorker(options);
        const ids: string[] = [];
        // the first may be done in the time that is left, the second cannot
        for (const release of ['30.2', '30.3']) {
          ids.push(await admin.ingest({ source: 'directory', path: 'big', release }));
        }
        await admin.underWay(ids[0] ?? '');

        worker.process.send('SIGTERM');
        const ending = await worker.process.end(ENDS_WITHIN_MS);
        const between = await Promise.all(ids.map(async (id) => (await admin.job(id)).state));
        await processes.startWorker(options);
        const ended = await Promise.all(ids.map(async (id) => (await admin.ended(id, LONG_MS / 2)).state));

        expect([ending.code, ending.signal, ending.stderr]).toEqual([0, null, '']);
        expect(between).toEqual([expect.stringMatching(/^(completed|queued)$/), 'queued']);
        expect(ended).toEqual(['completed', 'completed']);
        // what was put back may have lost its place in the queue
        const { items } = (await admin.client.get('/api/v1/releases')).json() as { items: Listed[] };
        expect(items.map(({ version }) => version).sort()).toEqual(['30.1', '30.2', '30.3']);
        expect(items.map(({ status }) => status)).not.toContain('loading');
      },
      LONG_MS,
    );

    test(
      'that is killed in the middle of an import is replaced by another one, which begins it anew',
      async () => {
        const root = await processes.folder();
        const first = await new SmallRelease().writeFolder(join(root, '30.1'));
        await new SmallRelease({ rated: MANY, edition: 1 }).writeFolder(join(root, '30.2'));
        const environment = { REDIS_URL: (await redis.start()).url, ONET_DATA_ROOT: root, ONET_DATA_DIR: first };
        const options = { databaseUrl: await database.create(), environment };
        const admin = new AdminClient((await processes.startApi(options)).client);
        const worker = await processes.startWorker(options);
        const id = await admin.ingest({ source: 'directory', path: '30.2' });
        await admin.underWay(id);
        await processes.startWorker(options);

        await worker.process.kill();
        const ended = await admin.ended(id, LONG_MS / 2);

        expect(ended).toMatchObject({ state: 'completed', attempt: 2, error: null });
        const { items } = (await admin.client.get('/api/v1/releases')).json() as { items: Listed[] };
        expect(items.map(({ version, status }) => `${version} ${status}`)).toEqual(['30.2 ready', '30.1 retired']);
      },
      LONG_MS,
    );

    test(
      'that is told to end while it waits for a download puts the job back, and another one begins it anew',
      async () => {
        const archive = await readFile(
          await new SmallRelease({ rated: 80 }).writeZip(join(await processes.folder(), 'a.zip')),
        );
        stub.answer(
          (_request, response) => {
            response.writeHead(200, { 'content-length': archive.length });
            response.write(archive.subarray(0, 100));
            // and no more
          },
          (_request, response) => response.writeHead(200, { 'content-length': archive.length }).end(archive),
        );
        const environment = { REDIS_URL: (await redis.start()).url, ONET_DOWNLOAD_BASE_URL: stub.url };
        const options = { databaseUrl: await database.create(), environment };
        const admin = new AdminClient((await processes.startApi(options)).client);
        const worker = await processes.startWorker(options);
        const id = await admin.ingest({ source: 'download', release: '30.2' });
        const stuck = await admin.underWay(id);

        worker.process.send('SIGTERM');
        const ending = await worker.process.end(ENDS_WITHIN_MS);
        const between = await admin.job(id);
        await processes.startWorker(options);
        const ended = await admin.ended(id);

        expect(stuck.progress).toEqual({ stage: 'downloading', done: 100, total: archive.length });
        expect([ending.code, ending.signal, ending.stderr]).toEqual([0, null, '']);
        expect(between).toMatchObject({ state: 'queued', attempt: 1, error: null });
        expect(ended).toMatchObject({ state: 'completed', attempt: 2, error: null });
      },
      LONG_MS,
    );
  });
});

describe('Without Redis, a worker', () => {
  const processes = useProcesses();

  test('does not start, and says why', async () => {
    const ending = await (await processes.launchWorker()).end();

    expect([ending.code, ending.stdout, ending.stderr]).toEqual([
      1,
      '',
      'REDIS_URL is not set. Without Redis the api process runs the jobs itself, and there is nothing for a worker to do: ' +
        'set REDIS_URL and DATABASE_URL to the same values as for the api, or start the api alone.\n',
    ]);
  });
});
