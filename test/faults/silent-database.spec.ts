import { setTimeout as sleep } from 'node:timers/promises';
import { describeOnEveryServer } from '../support/databases';
import { eventually } from '../support/e2e/eventually';
import { Observer } from '../support/e2e/observer';
import { gistOf } from '../support/e2e/problems';
import { BUSY_MS, GAP, moment, useDeployments } from '../support/faults/deployment';
import { describeWithRedis } from '../support/redis';
import { SilentProxy } from '../support/silent-proxy';

/** Longer than the application waits for a server that says nothing. */
const SILENT_MS = 25_000;
/** Sooner than that, and not at once either: a statement is waited for, and then a new connection. */
const ANSWERED_WITHIN_MS = 22_000;
const IMPORT_MS = 2000;
const MOMENTS = 2;

describeWithRedis('The database', () => {
  describeOnEveryServer('that says nothing for 25 seconds, and then takes all that it was sent', (database) => {
    const deployments = useDeployments();
    let proxy: SilentProxy;

    beforeEach(async () => {
      proxy = await SilentProxy.before(await database.create());
    });

    afterEach(() => proxy.close());

    test(
      'in the middle of an import delays its end; gaps are answered all the while, and whoever needs it is told',
      async () => {
        const deployment = await deployments.start({ create: () => Promise.resolve(proxy.url) });
        const { client } = deployment.api;
        await deployment.startWorker();
        for (let n = 0; n < MOMENTS; n++) {
          const version = await deployment.writeRelease();
          const id = await deployment.ingest(version);
          await deployment.begun(id, 1, BUSY_MS);
          await moment(n, MOMENTS, IMPORT_MS);
          const observer = new Observer(client, [GAP], 50);

          proxy.fallSilent();
          const started = Date.now();
          const asked = Promise.all([
            client.get('/api/v1/releases'),
            client.get(`/api/v1/jobs/${id}`),
            deployment.admin.post('/ingestions', { source: 'directory', path: version }),
          ]);
          const readiness = (await client.get('/health/ready')).json();
          const answers = await asked;
          const answeredMs = Date.now() - started;
          await sleep(SILENT_MS - answeredMs);
          const seen = await observer.stop();
          proxy.speak();

          expect(readiness).toMatchObject({ status: 'ready', database: 'down' });
          expect(answers.map(gistOf)).toEqual(Array.from({ length: 3 }, () => '503 DATABASE_UNAVAILABLE'));
          expect(answeredMs).toBeLessThan(ANSWERED_WITHIN_MS);
          expect(seen.filter(({ status }) => status !== 200)).toEqual([]);
          expect(seen.length).toBeGreaterThan(20);
          await eventually(
            'the database is used again',
            async () => (await client.get('/api/v1/releases')).status === 200,
            BUSY_MS,
          );
          const job = await deployment.over(id, BUSY_MS);
          expect([n, job.state, job.error]).toEqual([n, 'completed', null]);
          await eventually('it is served', async () => (await deployment.servedVersion()) === version, BUSY_MS);
          expect(await deployment.leftovers()).toEqual([]);
        }
      },
      MOMENTS * 3 * BUSY_MS,
    );
  });
});
