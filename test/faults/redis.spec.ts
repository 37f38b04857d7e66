import { setTimeout as sleep } from 'node:timers/promises';
import { describeOnEveryServer } from '../support/databases';
import { eventually } from '../support/e2e/eventually';
import { BUSY_MS, moment, useDeployments } from '../support/faults/deployment';
import { describeWithRedis } from '../support/redis';

const IMPORT_MS = 2000;
const MINUTES = 60_000;

describeWithRedis('Redis', () => {
  describeOnEveryServer('with jobs under way', (database) => {
    const deployments = useDeployments();

    test.each(['flushed', 'stopped and started'])(
      '%s in the middle of an import changes nothing about its end, nor about a job that waits',
      async (fault) => {
        const deployment = await deployments.start(database);
        await deployment.startWorker();
        for (let n = 0; n < 4; n++) {
          const running = await deployment.ingest(await deployment.writeRelease());
          const waiting = await deployment.ingest(await deployment.writeRelease());
          await deployment.begun(running, 1, BUSY_MS);
          await moment(n, 4, IMPORT_MS);

          if (fault === 'flushed') {
            await deployment.redis.flush();
          } else {
            await deployment.redis.stop();
            await sleep(2000);
            await deployment.redis.start();
          }

          for (const id of [running, waiting]) {
            const job = await deployment.over(id, BUSY_MS);
            expect([n, job.state, job.attempt, job.error]).toEqual([n, 'completed', 1, null]);
          }
          expect(await deployment.leftovers()).toEqual([]);
        }
      },
      16 * MINUTES,
    );

    test(
      'away while an admin asks for an ingestion lets it be accepted at once, and run when it is back',
      async () => {
        const deployment = await deployments.start(database);
        await deployment.startWorker();
        const version = await deployment.writeRelease();
        await deployment.redis.stop();

        const asked = Date.now();
        const id = await deployment.ingest(version);

        expect(Date.now() - asked).toBeLessThan(2000);
        await sleep(3000);
        expect(await deployment.job(id)).toMatchObject({ state: 'queued', attempt: 0 });
        expect(await deployment.servedVersion()).toBe('1.0');
        await deployment.redis.start();
        expect(await deployment.over(id, BUSY_MS)).toMatchObject({ state: 'completed', error: null });
        await eventually('it is served', async () => (await deployment.servedVersion()) === version, 3000);
      },
      6 * MINUTES,
    );

    test(
      'away when the processes start does not keep them from it, and jobs run when it is there',
      async () => {
        const deployment = await deployments.start(database);
        await deployment.redis.stop();
        const id = await deployment.ingest(await deployment.writeRelease());

        const worker = await deployment.startWorker();
        await sleep(2000);

        expect(worker.process.hasEnded).toBe(false);
        await deployment.redis.start();
        expect(await deployment.over(id, BUSY_MS)).toMatchObject({ state: 'completed', error: null });
      },
      6 * MINUTES,
    );
  });
});
