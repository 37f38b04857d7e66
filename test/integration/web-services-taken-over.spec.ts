import { join } from 'node:path';
import { JobLostError } from '@app/jobs';
import { describeOnEveryDatabase } from '../support/databases';
import { Gate } from '../support/gate';
import { LandedPagesService } from '../../libs/ingestion/src/web-services/landed-pages.service';
import { ReleaseChangesService } from '../../libs/ingestion/src/web-services/release-changes.service';
import { useOnetStub } from '../support/onet-web-services/use-onet-stub';
import { SmallRelease } from '../support/release-folder';
import { servedState } from '../support/served-state';
import { useTemporaryFolder } from '../support/temporary-folder';
import { pagesAsked, releaseRows, useBuildings, type Building } from '../support/web-services/building';

const PAGE = 20;
const upstream = new SmallRelease({ rated: 25 });

describeOnEveryDatabase('A build from the Web Services that another process took over', (database) => {
  const folder = useTemporaryFolder();
  const buildings = useBuildings();
  const stub = useOnetStub({ release: upstream });
  let building: Building;
  let other: Building;

  beforeEach(async () => {
    const url = await database.create();
    building = await buildings.open(url, stub, { pageSize: PAGE });
    other = await buildings.open(url, stub, { pageSize: PAGE });
    await building.app.ingest(await new SmallRelease({ rated: 5 }).writeFolder(join(folder.path, '1.0')));
  });

  /** What makes a job that is being run look as if its process had died. */
  const expire = (): Promise<number> =>
    building.app.unitOfWork.execute("UPDATE jobs SET lease_until = 1 WHERE state = 'active'");

  /**
   * Runs a job in the first process, which stands still before it writes the page that begins with that row of the skills;
   * `meanwhile` sees the job as one that nobody works on.
   */
  async function runStoppedAt(line: number, id: string, meanwhile: () => Promise<void>): Promise<string> {
    const landed = building.app.get(LandedPagesService);
    const write = landed.write.bind(landed);
    const reached = new Gate();
    const goOn = new Gate();
    jest.spyOn(landed, 'write').mockImplementation(async (loading, place, first, rows) => {
      if (place.name === 'skills' && first === line) {
        reached.open();
        await goOn.opened;
      }
      return write(loading, place, first, rows);
    });
    const running = building.attempt(id);
    await reached.opened;
    await expire();
    try {
      await meanwhile();
    } finally {
      goOn.open();
    }
    return (await running).kind;
  }

  async function expectWholeRelease(id: string): Promise<void> {
    const { job, ingestion } = await other.attempt(id);
    expect([job.state, job.attempt, ingestion.attempt]).toEqual(['completed', 2, 2]);
    const text = await other.app.ingest(await upstream.writeFolder(join(folder.path, '2.0')));
    expect(await releaseRows(other.app, ingestion.releaseId ?? 0)).toEqual(
      await releaseRows(other.app, text.releaseId),
    );
  }

  test('adds no row when it goes on, and takes none away', async () => {
    const id = await building.ask();
    let asked = 0;

    const kind = await runStoppedAt(41, id, async () => {
      asked = stub.requests.length;
      await expectWholeRelease(id);
    });

    expect(kind).toBe('over');
    // the one that stands still has the page after that on its way already
    const pages = pagesAsked(stub.requests.slice(asked)).filter((page) => page !== 'skills 61');
    expect(pages.slice(0, 4)).toEqual(['occupation_data 27', 'scales_reference 4', 'skills 40', 'skills 60']);
    const rows = await building.app.query(
      'SELECT attempt, COUNT(*) AS found FROM landing_skills GROUP BY attempt ORDER BY attempt',
    );
    // those of the two text releases, whose first attempts succeeded
    expect(rows.map((row) => Object.values(row as object).map(Number))).toEqual([
      [1, 40 + 200],
      [2, 200],
    ]);
    expect(await building.app.count('releases', "status NOT IN ('ready', 'retired')")).toBe(0);
  });

  test('keeps what it has landed for the process that has it now, however many ingestions there were since', async () => {
    const id = await building.ask();
    for (const edition of [1, 2, 3]) {
      const path = join(folder.path, `1.${edition}`);
      await building.app.ingest(await new SmallRelease({ rated: 5, edition }).writeFolder(path));
    }

    await runStoppedAt(61, id, async () => {
      // whoever it is has not come to the point where its release begins
      await building.app.unitOfWork.execute('UPDATE jobs SET attempt = 2 WHERE id = ?', [id]);
    });
    const asked = stub.requests.length;
    const { job } = await other.attempt(id);

    expect([job.state, job.attempt]).toEqual(['completed', 3]);
    expect(pagesAsked(stub.requests.slice(asked)).slice(0, 3)).toEqual([
      'occupation_data 27',
      'scales_reference 4',
      'skills 60',
    ]);
    expect((await servedState(other.app)).rows['occupation_skills']).toBe(200);
  });

  test('does not note in its place that there was nothing to load', async () => {
    await building.build();
    const id = await building.ask({ incremental: true });
    const changes = building.app.get(ReleaseChangesService);
    const find = changes.find.bind(changes);
    jest.spyOn(changes, 'find').mockImplementationOnce(async (signal) => {
      const found = await find(signal);
      await expire();
      const next = new SmallRelease({ rated: 25 });
      next.table('Occupation Data.txt').change({ Title: 'Occupation 1' }, 'Title', 'Occupation One');
      stub.replace(next);
      await other.attempt(id);
      return found;
    });

    const { kind, job, ingestion } = await building.attempt(id);

    expect([kind, job.state, job.attempt]).toEqual(['over', 'completed', 2]);
    expect(ingestion).toMatchObject({ attempt: 2, error: null });
  });

  test('is over for the process that had it, which is no failure of the job', async () => {
    const landed = building.app.get(LandedPagesService);
    const write = landed.write.bind(landed);
    const seen: unknown[] = [];
    jest.spyOn(landed, 'write').mockImplementation(async (...args) => {
      await building.app.unitOfWork.execute("UPDATE jobs SET attempt = attempt + 1 WHERE state = 'active'");
      return write(...args).catch((error: unknown) => {
        seen.push(error);
        throw error;
      });
    });

    const { kind, job } = await building.attempt(await building.ask());

    expect([kind, job.state, job.errorCode]).toEqual(['over', 'active', null]);
    expect(seen).toEqual([expect.any(JobLostError)]);
  });
});
