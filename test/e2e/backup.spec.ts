import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describeOnEveryDatabase, describeOnEveryServer } from '../support/databases';
import { AdminClient } from '../support/e2e/admin-client';
import { createDatabaseUser } from '../support/e2e/database-users';
import { eventually } from '../support/e2e/eventually';
import { look } from '../support/e2e/observer';
import { useProcesses } from '../support/e2e/processes';
import { describeWithRedis, useRedis } from '../support/redis';
import { codeOf, SmallRelease } from '../support/release-folder';

const PAIR = `from=${codeOf(0)}&to=${codeOf(2)}`;
const PATHS = [
  `/api/v1/skill-gap?${PAIR}`,
  `/api/v1/skill-gap-by-lvl?${PAIR}`,
  '/api/v1/occupations',
  '/api/v1/skills',
];
const PATHS_OF_THE_SAMPLE = ['/api/v1/occupations', '/api/v1/skills'];

/** Enough lines that an ingestion takes long enough to be met in its middle. */
const MANY = 2000;
const LONG_MS = 120_000;

describeOnEveryDatabase('npm run backup', (database) => {
  const processes = useProcesses();

  test(
    'takes a copy while the api serves, in the middle of an ingestion, from which another api serves the same to the byte',
    async () => {
      const [databaseUrl, restored, folder] = [
        await database.create(),
        await database.create(),
        await processes.folder(),
      ];
      const first = await new SmallRelease({ texts: true }).writeFolder(join(folder, 'db_30_1_text'));
      const next = await new SmallRelease({ rated: MANY, edition: 1 }).writeFolder(join(folder, 'db_30_2_text'));
      const environment = { ONET_DATA_DIR: first };
      const api = await processes.startApi({ databaseUrl, environment });
      const before = await look(api.client, PATHS);
      const file = join(folder, 'onet.gz');

      const ingestion = await processes.launchCli(['ingest', '--from', next], { databaseUrl });
      await ingestion.shows(/\d/);
      ingestion.send('SIGSTOP');
      const backup = await processes.runCli(['backup', file], { databaseUrl });
      const inItsMiddle = !ingestion.hasEnded;
      await ingestion.kill();
      const restore = await processes.runCli(['restore', file], { databaseUrl: restored });
      const other = await processes.startApi({ databaseUrl: restored, environment });

      expect([backup.code, backup.stderr]).toEqual([0, '']);
      expect(backup.stdout).toMatch(/^The database is backed up in \S+: \d+ bytes, SHA-256 [0-9a-f]{64}\.\n$/);
      expect(inItsMiddle).toBe(true);
      expect([restore.code, restore.stderr]).toEqual([0, '']);
      expect(before.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      expect(await look(other.client, PATHS)).toEqual(before);
    },
    LONG_MS,
  );

  test(
    'leaves no file where the disk is full, and says why',
    async () => {
      const [databaseUrl, folder] = [await database.create(), await processes.folder()];
      const release = await new SmallRelease({ rated: 500 }).writeFolder(join(folder, 'db_30_1_text'));
      await processes.runCli(['ingest', '--from', release], { databaseUrl });
      const target = await processes.folder();

      // a limit on the size of files stands in for the disk
      const cli = join(__dirname, '../../dist/apps/cli/src/main.js');
      const script = `ulimit -f 8; exec "${process.execPath}" "${cli}" backup "${join(target, 'onet.gz')}"`;
      const child = spawn('/bin/sh', ['-c', script], {
        cwd: folder,
        env: { PATH: process.env['PATH'], DATABASE_URL: databaseUrl },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
      const [code] = (await once(child, 'close')) as [number | null];

      expect([code, said]).toEqual([1, expect.stringMatching(/^The backup \S+ cannot be written: .+\n$/)]);
      expect(await readdir(target)).toEqual([]);
    },
    LONG_MS,
  );
});

describeWithRedis('npm run restore', () => {
  describeOnEveryServer('on a database server', (database) => {
    const processes = useProcesses();
    const redis = useRedis();

    test(
      'needs no more rights than the runbook grants, and nor does the backup',
      async () => {
        const folder = await processes.folder();
        const file = join(folder, 'onet.gz');
        const [source, target] = [
          await createDatabaseUser(await database.create()),
          await createDatabaseUser(await database.create()),
        ];
        try {
          const api = await processes.startApi({ databaseUrl: source.databaseUrl });
          const before = await look(api.client, PATHS_OF_THE_SAMPLE);

          const backup = await processes.runCli(['backup', file], { databaseUrl: source.databaseUrl });
          const restores = [
            await processes.runCli(['restore', file], { databaseUrl: target.databaseUrl }),
            await processes.runCli(['restore', file, '--replace'], { databaseUrl: target.databaseUrl }),
          ];
          const other = await processes.startApi({ databaseUrl: target.databaseUrl });

          const succeeded = [backup, ...restores].map(({ code, stderr }) => [code, stderr]);
          expect(succeeded).toEqual(succeeded.map(() => [0, '']));
          expect(before.map(({ status }) => status)).toEqual([200, 200]);
          expect(await look(other.client, PATHS_OF_THE_SAMPLE)).toEqual(before);
          await Promise.all([api, other].map(({ process }) => process.kill()));
        } finally {
          await source.drop();
          await target.drop();
        }
      },
      LONG_MS,
    );

    test(
      'brings back the jobs that waited or ran, which are done though Redis has never heard of them',
      async () => {
        const [databaseUrl, restored, root] = [
          await database.create(),
          await database.create(),
          await processes.folder(),
        ];
        const first = await new SmallRelease().writeFolder(join(root, '30.1'));
        await new SmallRelease({ rated: MANY, edition: 1 }).writeFolder(join(root, '30.2'));
        await new SmallRelease({ edition: 2 }).writeFolder(join(root, '30.3'));
        const environment = { ONET_DATA_ROOT: root, ONET_DATA_DIR: first, REDIS_URL: (await redis.start()).url };
        const admin = new AdminClient((await processes.startApi({ databaseUrl, environment })).client);
        const worker = await processes.startWorker({ databaseUrl, environment });
        const running = await admin.ingest({ source: 'directory', path: '30.2' });
        await admin.begun(running);
        worker.process.send('SIGSTOP');
        const waiting = await admin.ingest({ source: 'directory', path: '30.3' });
        const file = join(root, 'onet.gz');

        const backup = await processes.runCli(['backup', file], { databaseUrl });
        await worker.process.kill();
        const restore = await processes.runCli(['restore', file], { databaseUrl: restored });
        const elsewhere = {
          databaseUrl: restored,
          environment: { ...environment, REDIS_URL: (await redis.start()).url },
        };
        const other = new AdminClient((await processes.startApi(elsewhere)).client);
        const found = await other.job(running);
        await processes.startWorker(elsewhere);
        const ended = [await other.ended(running, 60_000), await other.ended(waiting, 60_000)];

        expect([backup.code, restore.code, found.state]).toEqual([0, 0, 'active']);
        expect(ended.map(({ state }) => state)).toEqual(['completed', 'completed']);
        expect(ended[0]?.attempt).toBe(2);
        await eventually(
          'one of the two is served',
          async () => /30\.[23]/.test((await other.client.get('/health/ready')).body),
          5000,
        );
      },
      LONG_MS,
    );
  });
});
