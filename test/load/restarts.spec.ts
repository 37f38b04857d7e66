import { setTimeout as sleep } from 'node:timers/promises';
import { describeOnEveryServer } from '../support/databases';
import { AdminClient, servedVersion } from '../support/e2e/admin-client';
import { eventually } from '../support/e2e/eventually';
import { MetricsPage } from '../support/e2e/metrics';
import { type DatabaseServer, startDatabaseServer } from '../support/engines';
import { useDeployments } from '../support/faults/deployment';
import { ADMIN_KEY } from '../support/e2e/processes';
import { expectedGaps } from '../support/load/expected-gaps';
import { PersistentAdmin } from '../support/load/persistent-admin';
import { recordResults, setting } from '../support/load/results';
import { SteadyGaps } from '../support/load/steady-gaps';
import { describeWithRedis } from '../support/redis';

const SECONDS = setting('LOAD_SECONDS', 60);
/** Of each api. */
const PER_SECOND = 100;
const AWAY_MS = 3000;
const WITHIN_MS = 90_000;
/** Of all gaps that are asked for, how many may not be answered. */
const FAILED_AT_MOST = 0.001;

const RESTARTS = (['database', 'redis'] as const).flatMap((which) =>
  (['SIGTERM', 'SIGKILL'] as const).map((signal) => ({ which, signal })),
);

describeWithRedis('Under load', () => {
  describeOnEveryServer('two apis and two workers', (_database, { engine, controllable }) => {
    if (!controllable) {
      test.skip('are not tested: the server at TEST_DATABASE_URL is not ours to stop', () => undefined);
      return;
    }
    const deployments = useDeployments();
    let server: DatabaseServer;

    beforeAll(async () => {
      server = await startDatabaseServer(engine);
    }, 120_000);

    afterAll(() => server.dispose(), 120_000);

    test(
      'answer every gap rightly and lose no job while database and Redis are each restarted',
      async () => {
        const deployment = await deployments.start(server);
        const apis = [deployment.api, await deployment.startApi()];
        await Promise.all([deployment.startWorker(), deployment.startWorker()]);
        const revisionBefore = await deployment.revision();
        const expected = new Map([['1.0', await expectedGaps(deployment.folderOf('1.0'), '1.0')]]);
        // the page tells the longest lag since it was last asked for
        await Promise.all(apis.map(({ url }) => MetricsPage.of(url, ADMIN_KEY)));
        const loads = apis.map(({ url }) => new SteadyGaps(url, expected, PER_SECOND));
        // each api is asked for jobs in turn
        const admins = apis.map(({ client }) => new PersistentAdmin(new AdminClient(client)));
        const jobs: string[] = [];
        const versions = ['1.0'];

        /** Asks for the next release, and waits until somebody works on it. */
        const begin = async (): Promise<{ readonly id: string; readonly admin: PersistentAdmin }> => {
          const admin = admins[jobs.length % admins.length]!;
          const version = await deployment.writeRelease();
          expected.set(version, await expectedGaps(deployment.folderOf(version), version));
          const id = await admin.ingest(version, WITHIN_MS);
          jobs.push(id);
          versions.push(version);
          return { id, admin };
        };
        const end = ({ id, admin }: { readonly id: string; readonly admin: PersistentAdmin }): Promise<unknown> =>
          admin.until(id, ['completed', 'failed', 'cancelled'], WITHIN_MS);
        /** Jobs one after the other, for as long as a condition holds. */
        const ingestWhile = async (goesOn: () => boolean): Promise<void> => {
          while (goesOn()) await end(await begin());
        };

        const outages: object[] = [];
        for (const { which, signal } of RESTARTS) {
          const target = which === 'database' ? server : deployment.redis;
          const running = await begin();
          await running.admin.until(running.id, ['active', 'completed'], WITHIN_MS);
          const began = Date.now();
          await target.stop(signal);
          let isAway = true;
          // asked for while it is away, and done after it has come back
          const asking = Promise.all([end(running), ingestWhile(() => isAway)]);
          await sleep(AWAY_MS);
          await target.start();
          isAway = false;
          await asking;
          outages.push({ which, signal, secondsUntilJobsWereDone: (Date.now() - began) / 1000 });
          const quietUntil = Date.now() + (SECONDS * 1000) / (2 * RESTARTS.length);
          await ingestWhile(() => Date.now() < quietUntil);
        }
        await eventually(
          'both apis serve the last release',
          async () => {
            const served = await Promise.all(apis.map(({ client }) => servedVersion(client)));
            return served.every((version) => version === versions.at(-1));
          },
          WITHIN_MS,
        );
        await Promise.all(loads.map((load) => load.stop()));

        const pages = await Promise.all(apis.map(({ url }) => MetricsPage.of(url, ADMIN_KEY)));
        const asked = loads.reduce((sum, load) => sum + load.asked, 0);
        const failed = loads.reduce((sum, load) => sum + load.failed, 0);
        recordResults(`restarts-${engine}`, {
          outages,
          jobs: jobs.length,
          jobRequestsRefused: admins.reduce((sum, { refused }) => sum + refused, 0),
          gapsAsked: asked,
          gapsFailed: failed,
          failures: loads.flatMap(({ failures }) => failures),
          slowestGapMs: Math.max(...loads.map(({ slowestMs }) => slowestMs)),
          longestEventLoopLagMs: pages.map((page) => 1000 * (page.value('nodejs_eventloop_lag_max_seconds') ?? NaN)),
          releasesSeen: loads.map(({ releases }) => releases.length),
        });
        expect(loads.flatMap(({ wrong }) => wrong)).toEqual([]);
        expect(failed / asked).toBeLessThan(FAILED_AT_MOST);
        expect(loads.reduce((sum, load) => sum + load.right, 0)).toBe(asked - failed);
        // of jobs that run at once either may be done first, but for everybody alike
        const [one, other] = loads.map(({ releases }, index) =>
          releases.filter((release) => loads[1 - index]!.releases.includes(release)),
        );
        expect(one).toEqual(other);
        expect(one!.length).toBeGreaterThan(RESTARTS.length);
        expect(new Set(jobs).size).toBe(jobs.length);
        const ended = await deployment.query<{ id: string; state: string }>('SELECT id, state FROM jobs');
        const states = new Map(ended.map(({ id, state }) => [id, state]));
        expect(jobs.filter((id) => states.get(id) !== 'completed')).toEqual([]);
        // each job has changed what is served exactly once
        expect(await deployment.revision()).toBe(revisionBefore + jobs.length);
        expect(await deployment.leftovers()).toEqual([]);
      },
      RESTARTS.length * 4 * WITHIN_MS,
    );
  });
});
