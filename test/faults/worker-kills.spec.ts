import { describeOnEveryServer } from '../support/databases';
import { eventually } from '../support/e2e/eventually';
import { type Deployment, moment, useDeployments } from '../support/faults/deployment';
import { OCCUPATIONS, served, undisturbed, withinMs } from '../support/faults/worker-kills';
import { describeWithRedis } from '../support/redis';

const KILLS_IN_A_ROW = 5;
/** While other tests begin and end beside this one, an import may take half of what it took before. */
const TRIES = 4;

interface Ingestion {
  readonly id: string;
  readonly version: string;
}

/** How long an import is taken to last, and how long it may take until a job is over, in ms. */
interface Times {
  readonly importMs: number;
  readonly withinMs: number;
}

/**
 * Kills one worker after the other while it is at a job.
 *
 * @returns whether every kill hit the job; not so where an attempt was over before its worker was killed
 */
async function killInARow(deployment: Deployment, { id }: Ingestion, { importMs, withinMs }: Times): Promise<boolean> {
  for (let kill = 1; kill <= KILLS_IN_A_ROW; kill++) {
    const worker = await deployment.startWorker();
    await eventually(`attempt ${kill} begins`, async () => (await deployment.job(id)).attempt >= kill, withinMs);
    await moment(kill - 1, KILLS_IN_A_ROW + 2, importMs);
    await worker.process.kill();
    if ((await deployment.job(id)).state === 'completed') return false;
  }
  return true;
}

/** Imports a release and kills one worker after the other at it, earlier each time that one was too fast. */
async function killedInARow(deployment: Deployment, times: Times): Promise<Ingestion> {
  let { importMs } = times;
  for (let attempt = 1; attempt <= TRIES; attempt++, importMs /= 2) {
    const version = await deployment.writeRelease(OCCUPATIONS);
    const ingestion = { id: await deployment.ingest(version), version };
    if (await killInARow(deployment, ingestion, { ...times, importMs })) return ingestion;
  }
  throw new Error(`In each of ${TRIES} imports a worker was done before it was killed`);
}

describeWithRedis('A worker that is killed', () => {
  describeOnEveryServer('in the middle of an import', (database) => {
    const deployments = useDeployments();

    test(
      `${KILLS_IN_A_ROW} times in a row while it is at the same job does not keep the job from being done`,
      async () => {
        const deployment = await deployments.start(database, { occupations: OCCUPATIONS });
        const importMs = await undisturbed(deployment);
        const times = { importMs, withinMs: withinMs(importMs) };

        const { id, version } = await killedInARow(deployment, times);
        await deployment.startWorker();
        const job = await deployment.over(id, times.withinMs);

        expect([job.state, job.error]).toEqual(['completed', null]);
        expect(job.attempt).toBe(KILLS_IN_A_ROW + 1);
        await served(deployment, version);
        expect(await deployment.leftovers()).toEqual([]);
      },
      20 * 60_000,
    );
  });
});
