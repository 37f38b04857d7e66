import { setTimeout as sleep } from 'node:timers/promises';
import { describeOnEveryServer } from '../support/databases';
import { eventually } from '../support/e2e/eventually';
import { look, Observer } from '../support/e2e/observer';
import { GAP, moment, useDeployments } from '../support/faults/deployment';
import { describeWithRedis } from '../support/redis';

const WITHIN_MS = 30_000;
const FEW_OCCUPATIONS = 1500;
const IMPORT_MS = 800;
const PATIENCE_MS = 120_000;

/** One of each; `npm run test:faults` does the same at many moments, and more. */
describeWithRedis('An import on several processes', () => {
  describeOnEveryServer('is completed', (database) => {
    const deployments = useDeployments();

    test(
      'though its worker is killed in the middle of it, and no answer mixes two releases',
      async () => {
        const deployment = await deployments.start(database, { occupations: FEW_OCCUPATIONS });
        const version = await deployment.writeRelease(FEW_OCCUPATIONS);
        const worker = await deployment.startWorker();
        const before = await look(deployment.api.client, [GAP]);
        const observer = new Observer(deployment.api.client, [GAP], 100);

        const id = await deployment.ingest(version);
        await deployment.begun(id, 1, WITHIN_MS);
        await moment(0, 2, IMPORT_MS);
        await worker.process.kill();
        await deployment.startWorker();

        expect(await deployment.over(id, WITHIN_MS)).toMatchObject({ state: 'completed', error: null });
        await eventually('it is served', async () => (await deployment.servedVersion()) === version, 3000);
        const known = [...before, ...(await look(deployment.api.client, [GAP]))].map((one) => JSON.stringify(one));
        const seen = (await observer.stop()).map((one) => JSON.stringify(one));
        expect(seen.filter((one) => !known.includes(one))).toEqual([]);
        expect(await deployment.leftovers()).toEqual([]);
      },
      PATIENCE_MS,
    );

    test(
      'once, though its worker is frozen until another one has done it',
      async () => {
        const deployment = await deployments.start(database, { occupations: FEW_OCCUPATIONS });
        const frozen = await deployment.startWorker();
        const id = await deployment.ingest(await deployment.writeRelease(FEW_OCCUPATIONS));
        await deployment.begun(id, 1, WITHIN_MS);
        frozen.process.send('SIGSTOP');
        const other = await deployment.startWorker();
        const job = await deployment.over(id, WITHIN_MS);
        expect(job).toMatchObject({ state: 'completed', attempt: 2, error: null });
        const revision = await deployment.revision();

        frozen.process.send('SIGCONT');
        await other.process.kill();
        await sleep(2000);

        expect([await deployment.revision(), await deployment.job(id)]).toEqual([revision, job]);
        const next = await deployment.ingest(await deployment.writeRelease(FEW_OCCUPATIONS));
        expect(await deployment.over(next, WITHIN_MS)).toMatchObject({ state: 'completed', attempt: 1 });
        expect(await deployment.leftovers()).toEqual([]);
      },
      PATIENCE_MS,
    );

    test(
      'though Redis forgets everything in the middle of it, and so is one that waits',
      async () => {
        const deployment = await deployments.start(database, { occupations: FEW_OCCUPATIONS });
        const running = await deployment.ingest(await deployment.writeRelease(FEW_OCCUPATIONS));
        const waiting = await deployment.ingest(await deployment.writeRelease(FEW_OCCUPATIONS));
        await deployment.startWorker();
        await deployment.begun(running, 1, WITHIN_MS);

        await deployment.redis.flush();

        for (const id of [running, waiting]) {
          expect(await deployment.over(id, WITHIN_MS)).toMatchObject({ state: 'completed', attempt: 1, error: null });
        }
        expect(await deployment.leftovers()).toEqual([]);
      },
      PATIENCE_MS,
    );
  });
});
