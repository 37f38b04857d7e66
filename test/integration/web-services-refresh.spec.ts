import { join } from 'node:path';
import { IngestionHistoryService, OccupationPullsService, type ImportReleasePayload } from '@app/ingestion';
import { JobRunner, JobSchedules } from '@app/jobs';
import { describeOnEveryDatabase } from '../support/databases';
import { useOnetStub } from '../support/onet-web-services/use-onet-stub';
import { codeOf, OCCUPATION_FILE, SCALE_FILE, SmallRelease } from '../support/release-folder';
import { soc } from '../support/snapshots';
import { useTemporaryFolder } from '../support/temporary-folder';
import { list, rate, rateAnew, removeOccupation } from '../support/web-services/editions';
import { releaseRows, useBuildings, type Building } from '../support/web-services/building';

const REFRESH = 'scheduled-refresh';
const MONDAY = new Date('2026-11-23T04:00:00.000Z');
const TUESDAY = new Date('2026-11-24T04:00:00.000Z');

const ENVIRONMENT = { NORMALIZATION_CRON: '0 4 * * *' };

describeOnEveryDatabase('A refresh from the Web Services', (database) => {
  const folder = useTemporaryFolder();
  const buildings = useBuildings();
  const stub = useOnetStub();
  let url: string;
  let building: Building;

  beforeEach(async () => {
    url = await database.create();
    building = await buildings.open(url, stub, { environment: ENVIRONMENT });
    await building.app.ingest(await new SmallRelease().writeFolder(join(folder.path, '1.0')));
  });

  const revision = async (): Promise<number> => (await building.app.loadActive()).revision;

  describe('of what is served already', () => {
    test('loads nothing, says so, and asks four times', async () => {
      const before = [await building.app.releases(), await revision()];
      const id = await building.ask({ incremental: true });

      const { job, ingestion } = await building.attempt(id);

      const [served] = await building.app.releases();
      expect([job.state, job.result]).toEqual(['completed', `{"outcome":"unchanged","releaseId":${served?.id}}`]);
      expect(ingestion).toMatchObject({
        releaseId: null,
        counts: {},
        quality: null,
        error: 'Not loaded: the O*NET Web Services have nothing newer.',
      });
      expect([await building.app.releases(), await revision()]).toEqual(before);
      expect(stub.requests).toHaveLength(4);
    });

    test('loads nothing where rows differ only that could not be used anyway', async () => {
      const upstream = new SmallRelease();
      const occupations = upstream.table(OCCUPATION_FILE);
      occupations.append(occupations.line(2));
      occupations.append('11-1\tNo code\tNothing.');
      occupations.change({ 'O*NET-SOC Code': codeOf(3) }, 'Title', ' Occupation 4 ');
      upstream.table(SCALE_FILE).append('XX\tNothing\tlow\thigh');
      rate(upstream, 70);
      stub.replace(upstream);

      expect(await building.run({ incremental: true })).toMatchObject({ outcome: 'unchanged' });
    });

    test('clears up what an attempt before it had begun', async () => {
      const next = new SmallRelease();
      rateAnew(next, 2);
      stub.replace(next);
      const id = await building.ask({ incremental: true });
      await building.app.unitOfWork.run(async (manager) => {
        await manager.query(
          `INSERT INTO releases (version, label, source, status, job_id, attempt)
           VALUES ('web-2026-11-20', 'half', 'web_services', 'loading', ?, 0)`,
          [id],
        );
      });
      stub.replace(new SmallRelease());

      await building.attempt(id);

      expect(await building.app.releases()).toMatchObject([{ version: '1.0', active: true }]);
    });
  });

  describe('of occupations that were pulled', () => {
    /** Has an occupation pulled as a request for it would. */
    async function pull(occupation: number): Promise<void> {
      const pulls = building.app.get(OccupationPullsService);
      const bringing = pulls.bring([soc(codeOf(occupation))], () => false, {
        requestedBy: 'a test',
        requestId: null,
        admit: () => true,
      });
      bringing.catch(() => undefined);
      for (let tries = 0; tries < 100; tries++) {
        const [job] = await building.app.query<{ id: string }>(
          "SELECT id FROM jobs WHERE type = 'pull-occupation' AND state = 'queued'",
        );
        if (job !== undefined) {
          await building.app.get(JobRunner).run(job.id);
          break;
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await bringing;
    }

    const pulled = (): Promise<{ onetsoc_code: string }[]> =>
      building.app.query(
        `SELECT o.onetsoc_code FROM occupations o JOIN releases r ON r.id = o.release_id
          WHERE r.source = 'overlay' ORDER BY o.onetsoc_code`,
      );

    test('makes them part of the release, and they leave the overlay', async () => {
      const upstream = new SmallRelease();
      rate(upstream, 10, '08/2023');
      list(upstream, 20);
      rate(upstream, 20, '08/2023');
      stub.replace(upstream);
      await pull(10);
      await pull(20);
      const before = await pulled();
      const asked = stub.requests.length;

      const refreshed = await building.build({ incremental: true });

      expect([before, await pulled()]).toEqual([[{ onetsoc_code: codeOf(10) }, { onetsoc_code: codeOf(20) }], []]);
      // the tables there are were known from the pulls
      expect(stub.requests.length - asked).toBe(3 + 2);
      const whole = await building.build();
      expect(await releaseRows(building.app, refreshed.releaseId)).toEqual(
        await releaseRows(building.app, whole.releaseId),
      );
    });

    test('loads nothing for one that is not rated any more', async () => {
      const upstream = new SmallRelease();
      rate(upstream, 10, '08/2023');
      stub.replace(upstream);
      await pull(10);
      stub.replace(new SmallRelease());

      expect(await building.run({ incremental: true })).toMatchObject({ outcome: 'unchanged' });
      expect(await pulled()).toEqual([{ onetsoc_code: codeOf(10) }]);
    });
  });

  describe('by the clock', () => {
    const scheduled = (): Promise<{ id: string; state: string; payload: string }[]> =>
      building.app.query("SELECT id, state, payload FROM jobs WHERE requested_by = 'schedule' ORDER BY created_at, id");

    test('is asked for once a tick, however many processes hear it, and loads what has changed', async () => {
      const others = [1, 2].map(() => buildings.open(url, stub, { environment: ENVIRONMENT }));
      const processes = [building, ...(await Promise.all(others))];
      const upstream = new SmallRelease();
      rateAnew(upstream, 3);
      stub.replace(upstream);

      await Promise.all(processes.map(({ app }) => app.get(JobSchedules).tick(REFRESH, MONDAY)));
      const [asked, ...more] = await scheduled();
      await building.app.get(JobRunner).run(asked?.id ?? '');
      await processes[2]?.app.get(JobSchedules).tick(REFRESH, new Date(MONDAY.getTime() + 1500));
      const { ingestion, job } = await building.app.get(IngestionHistoryService).get(asked?.id ?? '');

      expect([more, job.state, ingestion.source]).toEqual([[], 'completed', 'web_services']);
      expect(JSON.parse(asked?.payload ?? '') as ImportReleasePayload).toEqual({
        source: 'web_services',
        incremental: true,
      });
      expect((await building.app.served()).release.label).toMatch(/^1 occupations of the O\*NET Web Services/);
      expect(await scheduled()).toHaveLength(1);
    });

    test('is asked for again at the next tick', async () => {
      for (const time of [MONDAY, TUESDAY]) {
        await building.app.get(JobSchedules).tick(REFRESH, time);
        const queued = (await scheduled()).find(({ state }) => state === 'queued');
        await building.app.get(JobRunner).run(queued?.id ?? '');
      }

      expect((await scheduled()).map(({ state }) => state)).toEqual(['completed', 'completed']);
    });

    test('is not asked for while an admin has a release built', async () => {
      await building.ask();

      await building.app.get(JobSchedules).tick(REFRESH, MONDAY);

      expect(await scheduled()).toEqual([]);
    });

    test('is not asked for by a process that has no time for it', async () => {
      const other = await buildings.open(url, stub);

      await other.app.get(JobSchedules).tick(REFRESH, MONDAY);

      expect(await scheduled()).toEqual([]);
    });

    test('goes side by side with ingestions from files', async () => {
      const environment = {
        ...ENVIRONMENT,
        ONET_DATA_ROOT: folder.path,
        INGESTION_CRON: '0 4 * * 1',
        INGESTION_CRON_SOURCE: 'directory:1.0',
      };
      const { app } = await buildings.open(url, stub, { environment });

      for (const { name } of app.get(JobSchedules).all()) await app.get(JobSchedules).tick(name, MONDAY);
      for (const { id } of await scheduled()) await app.get(JobRunner).run(id);

      expect(app.get(JobSchedules).all()).toMatchObject([
        { name: 'scheduled-ingestion', cron: '0 4 * * 1' },
        { name: REFRESH, cron: '0 4 * * *' },
      ]);
      expect((await scheduled()).map(({ state, payload }) => [state, payload.includes('web_services')]).sort()).toEqual(
        [
          ['completed', false],
          ['completed', true],
        ],
      );
    });
  });

  test('that removes an occupation leaves it to the releases that had it', async () => {
    const upstream = new SmallRelease();
    removeOccupation(upstream, 1);
    stub.replace(upstream);

    await building.build({ incremental: true });

    const having = await building.app.query('SELECT release_id FROM occupations WHERE onetsoc_code = ?', [codeOf(1)]);
    expect(having).toHaveLength(1);
  });
});
