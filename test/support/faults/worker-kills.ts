import { look, Observer } from '../e2e/observer';
import { describeOnEveryServer, type TestDatabase } from '../databases';
import { describeWithRedis } from '../redis';
import { BUSY_MS, type Deployment, GAP, moment, useDeployments } from './deployment';

/** From a worker being there to the end of the job, where nothing else goes on. */
const WITHIN_MS = 30_000;
/** Half of what the other tests import, since this is done so often; the moments go by how long it takes. */
export const OCCUPATIONS = 2000;
/** Of an import, spread evenly over it. */
const MOMENTS = 20;
const ASKED_EVERY_MS = 100;

/** How long an undisturbed import takes here, in ms. */
export async function undisturbed(deployment: Deployment): Promise<number> {
  const worker = await deployment.startWorker();
  const started = Date.now();
  const job = await deployment.over(await deployment.ingest(await deployment.writeRelease(OCCUPATIONS)), BUSY_MS);
  expect(job).toMatchObject({ state: 'completed', attempt: 1 });
  const ms = Date.now() - started;
  await worker.process.kill();
  return ms;
}

/**
 * As {@link WITHIN_MS}, on this machine.
 *
 * @param importMs how long an undisturbed import took here: beside other tests, the next one may take several times as long
 */
export function withinMs(importMs: number): number {
  return Math.max(WITHIN_MS, 10 * importMs);
}

/** Every replica follows within three seconds. */
export async function served(deployment: Deployment, version: string): Promise<void> {
  const deadline = Date.now() + 3000;
  while ((await deployment.servedVersion()) !== version) {
    if (Date.now() > deadline) throw new Error(`Version ${version} is not served after 3 s`);
  }
}

/**
 * Kills a worker at these of the {@link MOMENTS} of an import, one import each, and expects that the next worker completes
 * the job, that nothing is left, and that clients saw nothing but what was served before and after.
 */
async function expectKillsToBeSurvived(
  deployments: ReturnType<typeof useDeployments>,
  database: TestDatabase,
  moments: readonly number[],
): Promise<void> {
  const deployment = await deployments.start(database, { occupations: OCCUPATIONS });
  const importMs = await undisturbed(deployment);
  for (const n of moments) {
    const version = await deployment.writeRelease(OCCUPATIONS);
    const worker = await deployment.startWorker();
    const before = await look(deployment.api.client, [GAP]);
    const observer = new Observer(deployment.api.client, [GAP], ASKED_EVERY_MS);

    const id = await deployment.ingest(version);
    await moment(n, MOMENTS, importMs);
    await worker.process.kill();
    const next = await deployment.startWorker();
    const job = await deployment.over(id, withinMs(importMs));

    expect([n, job.state, job.error]).toEqual([n, 'completed', null]);
    await served(deployment, version);
    const after = await look(deployment.api.client, [GAP]);
    const seen = await observer.stop();
    const known = new Set([...before, ...after].map((sighting) => JSON.stringify(sighting)));
    expect(seen.filter((sighting) => !known.has(JSON.stringify(sighting)))).toEqual([]);
    expect(await deployment.leftovers()).toEqual([]);
    await next.process.kill();
  }
}

/** Tests kills at half of the {@link MOMENTS}: the others are tested by a file of their own, since files run at the same time. */
export function describeKills(half: 'even' | 'odd'): void {
  const moments = Array.from({ length: MOMENTS / 2 }, (_, n) => 2 * n + (half === 'even' ? 0 : 1));
  describeWithRedis('A worker that is killed', () => {
    describeOnEveryServer('in the middle of an import', (database) => {
      const deployments = useDeployments();

      test(
        `at any of the moments ${moments.join(', ')} of ${MOMENTS} leaves a job that the next worker completes, and nothing else`,
        () => expectKillsToBeSurvived(deployments, database, moments),
        moments.length * BUSY_MS,
      );
    });
  });
}
