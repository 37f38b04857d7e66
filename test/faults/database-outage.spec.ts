import { setTimeout as sleep } from 'node:timers/promises';
import { describeOnEveryServer } from '../support/databases';
import { Observer } from '../support/e2e/observer';
import { type DatabaseServer, startDatabaseServer } from '../support/engines';
import { BUSY_MS, GAP, moment, useDeployments } from '../support/faults/deployment';
import { describeWithRedis } from '../support/redis';

const OUTAGE_MS = 10_000;
const IMPORT_MS = 2000;
const MOMENTS = 3;

describeWithRedis('The database', () => {
  describeOnEveryServer('away for ten seconds', (_database, { engine, controllable }) => {
    if (!controllable) {
      test.skip('is not tested: the server at TEST_DATABASE_URL is not ours to stop', () => undefined);
      return;
    }
    const deployments = useDeployments();
    let server: DatabaseServer;

    beforeAll(async () => {
      server = await startDatabaseServer(engine);
    }, 120_000);

    afterAll(() => server.dispose(), 120_000);

    test(
      'in the middle of an import delays its end, and gaps are answered all the while',
      async () => {
        const deployment = await deployments.start(server);
        await deployment.startWorker();
        for (let n = 0; n < MOMENTS; n++) {
          const id = await deployment.ingest(await deployment.writeRelease());
          await deployment.begun(id, 1, BUSY_MS);
          await moment(n, MOMENTS, IMPORT_MS);
          const observer = new Observer(deployment.api.client, [GAP], 50);

          await server.stop();
          await sleep(OUTAGE_MS);
          await server.start();

          const seen = await observer.stop();
          expect(seen.filter(({ status }) => status !== 200)).toEqual([]);
          expect(seen.length).toBeGreaterThan(20);
          const job = await deployment.over(id, BUSY_MS);
          expect([n, job.state, job.error]).toEqual([n, 'completed', null]);
          expect(await deployment.leftovers()).toEqual([]);
        }
      },
      MOMENTS * 3 * BUSY_MS,
    );
  });
});
