import { createConnection } from 'mysql2/promise';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeOnEveryServer } from '../support/databases';
import { eventually } from '../support/e2e/eventually';
import { look } from '../support/e2e/observer';
import { BUSY_MS, type Deployment, GAP, moment, useDeployments } from '../support/faults/deployment';
import { describeWithRedis } from '../support/redis';

/** Half of what the other tests import: somebody has to wait for a lease here, and then for a whole import. */
const OCCUPATIONS = 2000;
const IMPORT_MS = 1000;
const MOMENTS = 4;

describeWithRedis('A worker that is frozen', () => {
  describeOnEveryServer('in the middle of an import', (database) => {
    const deployments = useDeployments();

    test(
      'until another one has taken its job over changes nothing any more when it goes on, and is of use again',
      async () => {
        const deployment = await deployments.start(database, { occupations: OCCUPATIONS });
        let takenOver = 0;
        for (let n = 0; n < MOMENTS; n++) {
          const frozen = await deployment.startWorker();
          const id = await deployment.ingest(await deployment.writeRelease(OCCUPATIONS));
          await deployment.begun(id, 1, BUSY_MS);
          await moment(n, MOMENTS + 1, IMPORT_MS);
          frozen.process.send('SIGSTOP');
          const other = await deployment.startWorker();
          const job = await deployment.over(id, BUSY_MS);
          expect([n, job.state, job.error]).toEqual([n, 'completed', null]);
          takenOver += job.attempt - 1;
          // that much time every replica has to follow
          await sleep(3000);
          const before = [await deployment.revision(), await look(deployment.api.client, [GAP]), job];

          frozen.process.send('SIGCONT');
          // the other one is gone: whatever happens now, the one that was frozen does it
          await other.process.kill();
          await sleep(3000);

          expect([
            await deployment.revision(),
            await look(deployment.api.client, [GAP]),
            await deployment.job(id),
          ]).toEqual(before);
          const next = await deployment.over(
            await deployment.ingest(await deployment.writeRelease(OCCUPATIONS)),
            BUSY_MS,
          );
          expect(next).toMatchObject({ state: 'completed', error: null });
          expect(await deployment.leftovers()).toEqual([]);
          await frozen.process.kill();
        }
        // else no moment would have hit the import
        expect(takenOver).toBeGreaterThanOrEqual(MOMENTS / 2);
      },
      MOMENTS * 3 * BUSY_MS,
    );

    test(
      'holding the locks of the activation keeps nobody from taking its job over either',
      async () => {
        const deployment = await deployments.start(database, { occupations: OCCUPATIONS });
        const frozen = await deployment.startWorker();
        // what the activation locks second is held, so that it stops there with its job's row locked
        const blocker = await createConnection({ uri: deployment.databaseUrl });
        try {
          await blocker.query('BEGIN');
          await blocker.query('SELECT * FROM active_release FOR UPDATE');
          const version = await deployment.writeRelease(OCCUPATIONS);
          const id = await deployment.ingest(version);
          await eventually('the activation waits for the lock', () => somebodyWaits(deployment), BUSY_MS);
          frozen.process.send('SIGSTOP');
          await blocker.query('ROLLBACK');

          await deployment.startWorker();
          const job = await deployment.over(id, BUSY_MS);
          const revision = await deployment.revision();
          expect(job).toMatchObject({ state: 'completed', attempt: 2, error: null });
          frozen.process.send('SIGCONT');
          await sleep(3000);

          expect([await deployment.revision(), await deployment.job(id)]).toEqual([revision, job]);
          expect(await deployment.servedVersion()).toBe(version);
          expect(await deployment.leftovers()).toEqual([]);
        } finally {
          await blocker.end();
        }
      },
      3 * BUSY_MS,
    );
  });
});

async function somebodyWaits(deployment: Deployment): Promise<boolean> {
  // InnoDB shows what it showed before to whoever looks again within a tenth of a second
  await sleep(150);
  const waiting = await deployment.query(
    "SELECT 1 FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT' AND trx_query LIKE '%active_release%'",
  );
  return waiting.length > 0;
}
