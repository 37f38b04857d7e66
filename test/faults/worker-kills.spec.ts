import { describeOnEveryServer } from '../support/databases';
import { Observer, look } from '../support/e2e/observer';
import { type Deployment, GAP, moment, useDeployments } from '../support/faults/deployment';
import { describeWithRedis } from '../support/redis';

/** From a worker being there to the end of the job. */
const WITHIN_MS = 30_000;
const MOMENTS = 20;
const KILLS_IN_A_ROW = 5;
/** Half of what the other tests import, since this is done so often; the moments go by how long it takes. */
const OCCUPATIONS = 2000;
const ASKED_EVERY_MS = 100;

describeWithRedis('A worker that is killed', () => {
  describeOnEveryServer('in the middle of an import', (database) => {
    const deployments = useDeployments();

    /** How long an undisturbed import takes here, in ms. */
    async function undisturbed(deployment: Deployment): Promise<number> {
      const worker = await deployment.startWorker();
      const started = Date.now();
      const job = await deployment.over(await deployment.ingest(await deployment.writeRelease(OCCUPATIONS)), WITHIN_MS);
      expect(job).toMatchObject({ state: 'completed', attempt: 1 });
      const ms = Date.now() - started;
      await worker.process.kill();
      return ms;
    }

    test(
      `at any of ${MOMENTS} moments leaves a job that the next worker completes, and nothing else`,
      async () => {
        const deployment = await deployments.start(database, { occupations: OCCUPATIONS });
        const importMs = await undisturbed(deployment);
        for (let n = 0; n < MOMENTS; n++) {
          const version = await deployment.writeRelease(OCCUPATIONS);
          const worker = await deployment.startWorker();
          const before = await look(deployment.api.client, [GAP]);
          const observer = new Observer(deployment.api.client, [GAP], ASKED_EVERY_MS);

          const id = await deployment.ingest(version);
          await moment(n, MOMENTS, importMs);
          await worker.process.kill();
          const next = await deployment.startWorker();
          const job = await deployment.over(id, WITHIN_MS);

          expect([n, job.state, job.error]).toEqual([n, 'completed', null]);
          await served(deployment, version);
          const after = await look(deployment.api.client, [GAP]);
          const seen = await observer.stop();
          const known = new Set([...before, ...after].map((sighting) => JSON.stringify(sighting)));
          expect(seen.filter((sighting) => !known.has(JSON.stringify(sighting)))).toEqual([]);
          expect(await deployment.leftovers()).toEqual([]);
          await next.process.kill();
        }
      },
      MOMENTS * 60_000,
    );

    test(
      `${KILLS_IN_A_ROW} times in a row while it is at the same job does not keep the job from being done`,
      async () => {
        const deployment = await deployments.start(database, { occupations: OCCUPATIONS });
        const importMs = await undisturbed(deployment);
        const version = await deployment.writeRelease(OCCUPATIONS);
        const id = await deployment.ingest(version);

        for (let kill = 1; kill <= KILLS_IN_A_ROW; kill++) {
          const worker = await deployment.startWorker();
          await deployment.begun(id, kill, WITHIN_MS);
          await moment(kill - 1, KILLS_IN_A_ROW + 2, importMs);
          await worker.process.kill();
        }
        await deployment.startWorker();
        const job = await deployment.over(id, WITHIN_MS);

        expect([job.state, job.error]).toEqual(['completed', null]);
        expect(job.attempt).toBe(KILLS_IN_A_ROW + 1);
        await served(deployment, version);
        expect(await deployment.leftovers()).toEqual([]);
      },
      10 * 60_000,
    );
  });
});

/** Every replica follows within three seconds. */
async function served(deployment: Deployment, version: string): Promise<void> {
  const deadline = Date.now() + 3000;
  while ((await deployment.servedVersion()) !== version) {
    if (Date.now() > deadline) throw new Error(`Version ${version} is not served after 3 s`);
  }
}
