import { describeOnEveryServer } from '../support/databases';
import { useDeployments } from '../support/faults/deployment';
import { describeWithRedis } from '../support/redis';

const JOBS = 200;
const FEW_OCCUPATIONS = 10;
const WITHIN_MS = 300_000;

interface ListedJob {
  readonly id: string;
  readonly state: string;
  readonly attempt: number;
  readonly owner: string | null;
}

describeWithRedis('Two workers', () => {
  describeOnEveryServer('with a queue between them', (database) => {
    const deployments = useDeployments();

    test(
      `handle each of ${JOBS} jobs once`,
      async () => {
        const deployment = await deployments.start(database, { occupations: FEW_OCCUPATIONS });
        const before = await deployment.revision();
        const versions: string[] = [];
        for (let n = 0; n < JOBS; n++) versions.push(await deployment.writeRelease(FEW_OCCUPATIONS));

        const ids = await Promise.all(versions.map((version) => deployment.ingest(version)));
        await Promise.all([deployment.startWorker(), deployment.startWorker()]);
        for (const id of ids) await deployment.over(id, WITHIN_MS);

        const jobs: ListedJob[] = [];
        for (let page = 1; page <= JOBS / 200 + 1; page++) {
          const path = `/jobs?page=${page}&page_size=200`;
          jobs.push(...((await deployment.admin.get(path)).json() as { items: ListedJob[] }).items);
        }
        const asked = jobs.filter(({ id }) => ids.includes(id));
        expect(asked).toHaveLength(JOBS);
        expect(asked.filter(({ state, attempt }) => state !== 'completed' || attempt !== 1)).toEqual([]);
        // each import changes what is served exactly once
        expect(await deployment.revision()).toBe(before + JOBS);
        const [loaded] = await deployment.query<{ found: number }>(
          'SELECT COUNT(*) AS found FROM ingestions WHERE attempt = 1',
        );
        expect(Number(loaded?.found)).toBe(JOBS + 1);
        expect(await deployment.leftovers()).toEqual([]);
      },
      WITHIN_MS + 60_000,
    );
  });
});
