import { join } from 'node:path';
import { JobHandedBackError } from '@app/jobs';
import { LandedPagesService } from '../../libs/ingestion/src/web-services/landed-pages.service';
import { describeOnEveryDatabase } from '../support/databases';
import type { Fault } from '../support/onet-web-services/faults';
import type { SeenRequest } from '../support/onet-web-services/request-log';
import { useOnetStub } from '../support/onet-web-services/use-onet-stub';
import { SmallRelease } from '../support/release-folder';
import { rowsOfOtherReleases, servedState, type ServedState } from '../support/served-state';
import { useTemporaryFolder } from '../support/temporary-folder';
import { pagesAsked, releaseRows, useBuildings, type Building } from '../support/web-services/building';

/** 200 rows of skills on ten pages, 27 occupations on two. */
const PAGE = 20;
const upstream = new SmallRelease({ rated: 25 });

const isFifthPage = ({ tableId, query }: SeenRequest): boolean => tableId === 'skills' && query.get('start') === '81';

/** What is asked for where four pages of the skills, and all of the other tables, are there already. */
const THE_REST = [
  'occupation_data 27',
  'scales_reference 4',
  ...[80, 100, 120, 140, 160, 180, 200].map((start) => `skills ${start}`),
];

describeOnEveryDatabase('A build from the Web Services that was interrupted', (database) => {
  const folder = useTemporaryFolder();
  const buildings = useBuildings();
  const stub = useOnetStub({ release: upstream });
  let url: string;
  let building: Building;
  let before: ServedState;

  beforeEach(async () => {
    url = await database.create();
    building = await open();
    await building.app.ingest(await new SmallRelease({ rated: 5 }).writeFolder(join(folder.path, '1.0')));
    before = await servedState(building.app);
  });

  const open = (): Promise<Building> =>
    buildings.open(url, stub, { pageSize: PAGE, environment: { ONET_TIMEOUT_MS: '300' } });

  /** A job whose first attempt failed at the fifth page of the skills; from now on nothing fails, and nothing was asked. */
  async function interrupted(fault: Fault = { kind: 'malformed' }): Promise<string> {
    const id = await building.ask();
    stub.failOn(isFifthPage, fault);
    const { kind, job } = await building.attempt(id);
    expect([kind, job.state, job.errorCode]).toEqual(['repeat', 'queued', 'ONET_UNAVAILABLE']);
    expect(await servedState(building.app)).toEqual(before);
    expect(await rowsOfOtherReleases(building.app)).toBe(0);
    stub.heal();
    return id;
  }

  /** Makes the next attempt, which must load just the rows of a text release; returns the pages it asked for. */
  async function completed(id: string, release = upstream, by = building): Promise<string[]> {
    const asked = stub.requests.length;
    const { job, ingestion } = await by.attempt(id);
    const pages = pagesAsked(stub.requests.slice(asked));
    expect([job.state, job.errorDetail]).toEqual(['completed', null]);
    const text = await by.app.ingest(await release.writeFolder(join(folder.path, '2.0')));
    expect(await releaseRows(by.app, ingestion.releaseId ?? 0)).toEqual(await releaseRows(by.app, text.releaseId));
    expect(await by.app.count('rejected_rows')).toBe(0);
    expect(await by.app.count('landing_skills', 'ingestion_id = ? AND attempt <> ?', [id, job.attempt])).toBe(0);
    return pages;
  }

  test.each<[string, Fault]>([
    ['answers with 500', { kind: 'status', status: 500 }],
    ['is cut off', { kind: 'cut' }],
    ['never comes', { kind: 'hang' }],
    ['is no JSON', { kind: 'malformed' }],
    ['has another shape', { kind: 'wrong-shape' }],
    ['lacks a row', { kind: 'rows', change: (rows) => rows.slice(1) }],
    ['asks to slow down', { kind: 'status', status: 429 }],
  ])('by a page that %s goes on at that page', async (_, fault) => {
    const id = await interrupted(fault);

    expect(await completed(id)).toEqual(THE_REST);
  });

  test('is gone on with by another process', async () => {
    const id = await interrupted();

    expect(await completed(id, upstream, await open())).toEqual(THE_REST);
  });

  test('goes on at that page after an attempt that got no answer at all', async () => {
    const id = await interrupted();
    stub.failWhile({ kind: 'malformed' });
    const second = await building.attempt(id);
    stub.heal();

    expect(second.kind).toBe('repeat');
    expect(await completed(id)).toEqual(THE_REST);
  });

  test('goes on at that page when an admin retries it after it has failed for good', async () => {
    const id = await interrupted();
    stub.failWhile({ kind: 'malformed' });
    await building.attempt(id);
    const third = await building.attempt(id);
    stub.heal();
    await building.retry(id);

    expect([third.kind, third.job.state, third.job.attempt]).toEqual(['failed', 'failed', 3]);
    expect(await completed(id)).toEqual(THE_REST);
  });

  test('goes on at that page though other ingestions have cleared up meanwhile', async () => {
    const id = await interrupted();
    for (const edition of [1, 2, 3]) {
      const path = join(folder.path, `1.${edition}`);
      await building.app.ingest(await new SmallRelease({ rated: 5, edition }).writeFolder(path));
    }

    expect(await completed(id)).toEqual(THE_REST);
  });

  test('goes on at that page after an attempt that ended before it had taken anything over', async () => {
    const id = await interrupted();
    jest.spyOn(building.app.get(LandedPagesService), 'adopt').mockRejectedValueOnce(new JobHandedBackError());
    const second = await building.attempt(id);
    await building.app.ingest(await new SmallRelease({ rated: 5 }).writeFolder(join(folder.path, '1.1')));

    expect([second.kind, second.ingestion.attempt]).toEqual(['later', 2]);
    expect(await completed(id)).toEqual(THE_REST);
  });

  describe('lands a table anew, and mixes nothing,', () => {
    const anew = [1, 21, 41, 61, 81, 101, 121, 141, 161, 181].map((start) => `skills ${start}`);

    test('where its last landed row is another one by now', async () => {
      const id = await interrupted();
      const next = new SmallRelease({ rated: 25, edition: 1 });
      stub.replace(next);

      const pages = await completed(id, next);

      expect(pages.slice(2)).toEqual(['skills 80', ...anew]);
    });

    test('where it has become shorter than what was landed', async () => {
      const id = await interrupted();
      const next = new SmallRelease({ rated: 5, unrated: 22 });
      stub.replace(next);

      const pages = await completed(id, next);

      expect(pages.slice(2)).toEqual(['skills 80', 'skills 1', 'skills 21']);
    });

    test.each([
      ['the first lines', '< 30'],
      ['a line in the middle', '= 50'],
    ])('where somebody has deleted %s', async (_, lines) => {
      const id = await interrupted();
      await building.app.unitOfWork.execute(`DELETE FROM landing_skills WHERE line_no ${lines}`);

      const pages = await completed(id);

      expect(pages.slice(2)).toEqual(anew);
    });

    test('where it was landed for an ingestion that was asked for days ago', async () => {
      const id = await interrupted();
      await building.app.unitOfWork.execute('UPDATE ingestions SET created_at = ? WHERE id = ?', [
        '2026-01-01 00:00:00',
        id,
      ]);

      const pages = await completed(id);

      expect(pages).toEqual(['occupation_data 1', 'occupation_data 21', 'scales_reference 1', ...anew]);
    });

    test('where the skills are in two tables by now', async () => {
      const id = await interrupted();
      const next = new SmallRelease({ rated: 25, layout: 'two skill files' });
      stub.replace(next);

      const pages = await completed(id, upstream, await open());

      expect(pages.slice(2, 4)).toEqual(['essential_skills 1', 'essential_skills 21']);
    });
  });

  test('by rows that were added while it was paging goes on where they do not matter', async () => {
    const next = new SmallRelease({ rated: 26, unrated: 1 });
    const id = await building.ask();
    stub.failOn((request) => publishAt(request, next), { kind: 'hang' });
    const { kind, job } = await building.attempt(id);

    expect([kind, job.errorRaw]).toEqual([
      'repeat',
      expect.stringContaining('there are 208 rows now, and were 200 before') as unknown,
    ]);
    expect((await completed(id, next)).slice(2)[0]).toBe('skills 80');
  });

  test('by rows that went while it was paging lands anew what stood in another place', async () => {
    const next = new SmallRelease({ rated: 25 });
    next.table('Skills.txt').remove({ 'O*NET-SOC Code': '11-1011.00' });
    const id = await building.ask();
    stub.failOn((request) => publishAt(request, next), { kind: 'hang' });
    const { kind } = await building.attempt(id);

    const pages = await completed(id, next);

    expect(kind).toBe('repeat');
    expect(pages.slice(2, 4)).toEqual(['skills 80', 'skills 1']);
  });

  /** Publishes a release just before a page is answered; nothing fails. */
  function publishAt(request: SeenRequest, release: SmallRelease): boolean {
    if (isFifthPage(request)) stub.replace(release);
    return false;
  }
});
