import { describeOnEveryServer } from '../support/databases';
import { eventually } from '../support/e2e/eventually';
import { BUSY_MS, type Deployment, OCCUPATIONS, useDeployments } from '../support/faults/deployment';
import type { SeenRequest } from '../support/onet-web-services/request-log';
import { useOnetStub } from '../support/onet-web-services/use-onet-stub';
import { accessTo } from '../support/pulls/pulling';
import { describeWithRedis } from '../support/redis';
import { SmallRelease } from '../support/release-folder';

/** As {@link Deployment.writeRelease} writes it the first time: three pages of occupations, 16 of skills. */
const upstream = new SmallRelease({ rated: OCCUPATIONS, edition: 1 });

/** Long enough that a page is being waited for at any moment. */
const LATENCY_MS = 100;

interface Landed {
  readonly occupation_data: number;
  readonly skills: number;
}

describeWithRedis('A build from the Web Services', () => {
  describeOnEveryServer('on a database server', (database) => {
    const deployments = useDeployments();
    const stub = useOnetStub({ release: upstream });

    const start = (): Promise<Deployment> =>
      deployments.start(database, { environment: { ...accessTo(stub, 'v2'), ONET_REQUESTS_PER_SECOND: '0' } });

    const pagesOf = (table: string): number => stub.countOf(({ tableId }) => tableId === table);

    /** Rows that are landed for a job, in whichever attempt. */
    async function landed(deployment: Deployment, id: string): Promise<Landed> {
      const count = async (table: string): Promise<number> => {
        const [row] = await deployment.query<{ found: number }>(
          `SELECT COUNT(*) AS found FROM ${table} WHERE ingestion_id = '${id}'`,
        );
        return Number(row?.found);
      };
      return { occupation_data: await count('landing_occupations'), skills: await count('landing_skills') };
    }

    /** Every row of a release in one figure, and how many there are. */
    async function fingerprint(deployment: Deployment, id: string): Promise<unknown[]> {
      const release = `(SELECT release_id FROM ingestions WHERE id = '${id}')`;
      const of = (table: string, columns: string): Promise<unknown[]> =>
        deployment.query(
          `SELECT COUNT(*) AS found, SUM(CRC32(CONCAT_WS('|', ${columns}))) AS sum FROM ${table}
            WHERE release_id = ${release}`,
        );
      return [
        await of('occupations', 'onetsoc_code, title, description'),
        await of('skills', 'element_id, element_name'),
        await of('scales', 'scale_id, scale_name, minimum, maximum'),
        await of(
          'occupation_skills',
          "onetsoc_code, element_id, scale_id, data_value, IFNULL(n, '-'), IFNULL(standard_error, '-'), " +
            "IFNULL(lower_ci_bound, '-'), IFNULL(upper_ci_bound, '-'), IFNULL(recommend_suppress, '-'), " +
            "IFNULL(not_relevant, '-'), date_updated, domain_source",
        ),
      ];
    }

    /** The release of a build must be that of the text import of the same data, and nothing else may be left. */
    async function expectAsText(deployment: Deployment, id: string): Promise<void> {
      const text = await deployment.ingest(await deployment.writeRelease());
      expect(await deployment.over(text, BUSY_MS)).toMatchObject({ state: 'completed', error: null });
      const rows = await fingerprint(deployment, id);
      expect(rows).toEqual(await fingerprint(deployment, text));
      expect(rows[3]).toMatchObject([{ found: OCCUPATIONS * 8 }]);
      expect(await deployment.leftovers()).toEqual([]);
    }

    test(
      'whose worker is killed again and again is completed by the next one, without a page it has asked for',
      async () => {
        const deployment = await start();
        stub.latencyMs = LATENCY_MS;
        const id = await deployment.admin.ingest({ source: 'web_services' });
        const moments: readonly (readonly [string, number])[] = [
          ['occupation_data', 2],
          ['skills', 4],
          ['skills', 11],
        ];

        let worker = await deployment.startWorker();
        const kills: { readonly there: Landed; readonly asked: number }[] = [];
        for (const [table, pages] of moments) {
          await eventually('the page is asked for', () => Promise.resolve(pagesOf(table) >= pages), BUSY_MS);
          const there = await landed(deployment, id);
          await worker.process.kill();
          kills.push({ there, asked: stub.requests.length });
          worker = await deployment.startWorker();
        }
        const job = await deployment.over(id, BUSY_MS);

        expect([job.state, job.attempt, job.error]).toEqual(['completed', moments.length + 1, null]);
        for (const { there, asked } of kills) {
          // the last row that was landed is asked for once more, and none before it
          const again = stub.requests.slice(asked).filter((request) => isBehind(request, there));
          expect(again.map(({ tableId, query }) => [tableId, query.get('start')])).toEqual([]);
        }
        // else the kills would not have hit the middle
        expect(kills.map(({ there }) => there.skills > 0)).toEqual([false, true, true]);
        await expectAsText(deployment, id);
      },
      3 * BUSY_MS,
    );

    test(
      'that meets a storm of 429 and a cut in its middle is completed, without a page it has landed',
      async () => {
        const deployment = await start();
        const isMiddle = ({ tableId, query }: SeenRequest): boolean =>
          tableId === 'skills' && ['8000', '8001'].includes(query.get('start') ?? '');
        stub.failOn(isMiddle, { kind: 'status', status: 429 }, 6);
        stub.failOn(isMiddle, { kind: 'cut' }, 1);
        await deployment.startWorker();

        const id = await deployment.admin.ingest({ source: 'web_services' });
        const job = await deployment.over(id, BUSY_MS);

        expect(job).toMatchObject({ state: 'completed', attempt: 2, error: null });
        const starts = stub.requests
          .filter(({ tableId }) => tableId === 'skills')
          .map(({ query }) => query.get('start'));
        expect(starts.slice(0, 12)).toEqual([
          ...['1', '2001', '4001', '6001'],
          // four tries by the first attempt; then the last row once more, and the page behind it
          ...['8001', '8001', '8001', '8001', '8000', '8000', '8000', '8000'],
        ]);
        expect(new Set(starts.slice(12)).size).toBe(starts.length - 12);
        await expectAsText(deployment, id);
      },
      2 * BUSY_MS,
    );
  });
});

function isBehind({ tableId, query }: SeenRequest, there: Landed): boolean {
  const start = Number(query.get('start'));
  if (tableId === 'occupation_data') return start < there.occupation_data;
  return tableId === 'skills' && start < there.skills;
}
