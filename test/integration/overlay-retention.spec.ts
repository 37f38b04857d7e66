import { join } from 'node:path';
import type { SqlValue } from '@app/database';
import { OverlayService } from '@app/normalization';
import { describeOnEveryDatabase } from '../support/databases';
import { useIngestionApps, type IngestionApp } from '../support/ingestion-app';
import { ingestionOf, overlayId, overlayReleases } from '../support/overlay-rows';
import { beginPull, endPull, pulledTables, storePull, type BegunPull } from '../support/pulls';
import { codeOf, SKILLS, SmallRelease } from '../support/release-folder';
import { servedState } from '../support/served-state';
import { soc } from '../support/snapshots';
import { useTemporaryFolder } from '../support/temporary-folder';

/** Listed in the release, and not rated there. */
const UNRATED = codeOf(10);
/** Not listed in the release. */
const UNKNOWN = codeOf(13);
/** Not listed in the release, and not rated by the Web Services either. */
const LISTED = codeOf(16);

const RATINGS = Object.keys(SKILLS).length * 2;
const DAY_MS = 24 * 3600_000;

describeOnEveryDatabase('Of pulled occupations', (database) => {
  const folder = useTemporaryFolder();
  const apps = useIngestionApps();
  let app: IngestionApp;

  beforeEach(async () => {
    app = await apps.open(await database.create());
    await app.ingest(await new SmallRelease().writeFolder(join(folder.path, '1.0')));
  });

  const ingest = async (name: string, release: SmallRelease): Promise<number> =>
    (await app.ingest(await release.writeFolder(join(folder.path, name)))).releaseId;

  const begin = (
    code: string,
    release = new SmallRelease({ rated: 15, unrated: 2 }),
    createdAt = new Date(),
  ): Promise<BegunPull> => beginPull(app, code, pulledTables(release, code), createdAt);

  const pullAndStore = async (code: string): Promise<BegunPull> => {
    const begun = await begin(code);
    await storePull(app, begun);
    await endPull(app, begun);
    return begun;
  };

  test('those are dropped that a newly active release rates, and the others are kept', async () => {
    const dropped = await pullAndStore(UNRATED);
    const kept = await pullAndStore(UNKNOWN);
    const { revision } = await app.served();

    // rates what was unrated, and does not list the other one
    const releaseId = await ingest('2.0', new SmallRelease({ rated: 11, unrated: 1 }));

    const overlay = await overlayId(app);
    expect(await app.query('SELECT onetsoc_code AS code FROM occupations WHERE release_id = ?', [overlay])).toEqual([
      { code: UNKNOWN },
    ]);
    expect(await ingestionOf(app, dropped)).toMatchObject({ release_id: null });
    expect(await ingestionOf(app, kept)).toMatchObject({ release_id: overlay });
    expect(await overlayReleases(app)).toMatchObject([{ occupations: 1, rated_occupations: 1, ratings: RATINGS }]);
    const served = await app.served();
    expect([served.release.id, served.revision]).toEqual([releaseId, revision + 1]);
    expect(served.find(soc(UNRATED))?.pulledAt).toBeNull();
    expect(served.find(soc(UNKNOWN))?.pulledAt).toEqual(expect.any(String));
  });

  test('those are kept that a newly active release lists without ratings', async () => {
    await pullAndStore(UNRATED);

    await ingest('2.0', new SmallRelease({ edition: 1 }));

    expect((await app.served()).find(soc(UNRATED))?.pulledAt).toEqual(expect.any(String));
    expect(await overlayReleases(app)).toMatchObject([{ occupations: 1, ratings: RATINGS }]);
  });

  test('those without ratings are dropped where a newly active release lists them', async () => {
    await pullAndStore(LISTED);

    await ingest('2.0', new SmallRelease({ unrated: 7 }));

    expect(await overlayReleases(app)).toMatchObject([{ occupations: 0, rated_occupations: 0 }]);
    expect((await app.served()).find(soc(LISTED))?.pulledAt).toBeNull();
  });

  test('one that gets its ratings while it is about to be dropped for having none is kept', async () => {
    await pullAndStore(LISTED);
    const purge = jest.spyOn(app.retention, 'purge').mockResolvedValueOnce();
    await ingest('2.0', new SmallRelease({ unrated: 7 }));
    expect(purge).toHaveBeenCalled();
    const withRatings = await begin(LISTED, new SmallRelease({ rated: 17 }));
    // the first unit of work that deletes; what to drop was looked for before it
    const run = app.unitOfWork.run.bind(app.unitOfWork);
    jest.spyOn(app.unitOfWork, 'run').mockImplementationOnce(async (work) => {
      await storePull(app, withRatings);
      return run(work);
    });

    await app.get(OverlayService).dropSuperseded();

    expect(await overlayReleases(app)).toMatchObject([{ occupations: 1, rated_occupations: 1, ratings: RATINGS }]);
  });

  test('the release cannot be activated', async () => {
    await pullAndStore(UNRATED);
    const before = await servedState(app);
    const id = await overlayId(app);

    await expect(app.activation.activate(id)).rejects.toMatchObject({
      code: 'CONFLICT',
      detail: `Release ${id} holds pulled occupations; it is served beside the others.`,
    });

    expect(await servedState(app)).toEqual(before);
  });

  test('the release is none of the three that are kept, and is never purged', async () => {
    await pullAndStore(UNKNOWN);
    for (const edition of [2, 3, 4]) await ingest(`${edition}.0`, new SmallRelease({ edition }));

    const listed = await app.releases();
    expect(listed.map(({ version }) => version).toSorted()).toEqual(['2.0', '3.0', '4.0', 'overlay']);
    expect((await app.served()).find(soc(UNKNOWN))?.pulledAt).toEqual(expect.any(String));
  });

  describe('the landed rows', () => {
    /** Records pulls that ended long before all others and came to nothing, each with one landed row; oldest first. */
    const recordPulls = async (count: number, endedDaysAgo: number): Promise<string[]> => {
      const ids = Array.from({ length: count }, (_, index) => `pull-${String(index).padStart(3, '0')}`);
      const time = (index: number): string =>
        new Date(Date.now() - endedDaysAgo * DAY_MS + index * 1000).toISOString().slice(0, 19).replace('T', ' ');
      await app.unitOfWork.run(async (manager) => {
        const insert = (table: string, row: (id: string, index: number) => Record<string, SqlValue>): Promise<void> =>
          app.unitOfWork.insertRows(
            manager,
            table,
            Object.keys(row('', 0)),
            ids.map((id, index) => Object.values(row(id, index))),
          );
        await insert('jobs', (id, index) => ({
          id,
          type: 'pull-occupation',
          queue: 'onet',
          place: 'queue',
          payload: '{}',
          state: 'completed',
          attempt: 1,
          failures: 0,
          handover: 0,
          cancel_requested: 0,
          requested_by: 'a test',
          created_at: time(index),
          finished_at: time(index),
        }));
        await insert('ingestions', (id, index) => ({
          id,
          kind: 'occupation',
          source: 'web_services',
          origin: UNKNOWN,
          counts: '{}',
          created_at: time(index),
        }));
        await insert('landing_occupations', (id) => ({
          ingestion_id: id,
          attempt: 1,
          source_file: 'occupation_data',
          line_no: 1,
          onetsoc_code: UNKNOWN,
        }));
      });
      return ids;
    };

    const landedPulls = async (): Promise<string[]> => {
      const rows = await app.query<{ id: string }>(
        `SELECT DISTINCT ingestion_id AS id FROM landing_occupations WHERE source_file = 'occupation_data' ORDER BY 1`,
      );
      return rows.map(({ id }) => id);
    };

    const landedReleases = (): Promise<{ origin: string }[]> =>
      app.query(
        `SELECT DISTINCT i.origin FROM landing_skills s JOIN ingestions i ON i.id = s.ingestion_id
          WHERE i.kind = 'release' ORDER BY i.origin`,
      );

    test('of the last hundred are kept, and push out none of the last three releases', async () => {
      for (const edition of [2, 3, 4]) await ingest(`${edition}.0`, new SmallRelease({ edition }));
      const ids = await recordPulls(103, 1);

      await app.retention.purge();

      expect(await landedPulls()).toEqual(ids.slice(3));
      expect(await landedReleases()).toEqual([{ origin: '2.0' }, { origin: '3.0' }, { origin: '4.0' }]);
    });

    test('of the last hundred are kept with their record, however long ago that was', async () => {
      const ids = await recordPulls(102, 40);

      await app.retention.purge();

      expect(await landedPulls()).toEqual(ids.slice(2));
      expect(await app.count('ingestions', "kind = 'occupation'")).toBe(100);
    });

    test('of an attempt that was not the last one go with the rows that it rejected', async () => {
      const begun = await begin(UNKNOWN);
      await storePull(app, begun);
      const second = { ...begun, claim: { ...begun.claim, attempt: 2 } };
      await app.unitOfWork.execute('UPDATE jobs SET attempt = 2 WHERE id = ?', [begun.claim.jobId]);
      const wrong = { code: 'BAD_CODE', reason: 'It is.', sourceFile: 'skills', lineNo: 1, raw: 'x' } as const;
      const pull = { ...begun.pull, rejections: [wrong] };
      await storePull(app, { ...second, pull });
      await app.unitOfWork.execute(
        `INSERT INTO rejected_rows (ingestion_id, attempt, source_file, line_no, raw, reason_code, reason)
         SELECT ingestion_id, 1, source_file, line_no, raw, reason_code, reason FROM rejected_rows`,
      );
      await endPull(app, second);

      await app.retention.purge();

      for (const table of ['landing_occupations', 'landing_skills', 'rejected_rows']) {
        expect(
          await app.query(`SELECT DISTINCT attempt FROM ${table} WHERE ingestion_id = ?`, [begun.claim.jobId]),
        ).toEqual([{ attempt: 2 }]);
      }
    });

    test('of one that is being stored are kept, though a hundred later ones are done', async () => {
      const unfinished = await begin(UNKNOWN, undefined, new Date(Date.now() - 50 * DAY_MS));
      await storePull(app, unfinished);
      await recordPulls(100, 1);

      await app.retention.purge();

      expect(await landedPulls()).toContain(unfinished.claim.jobId);
    });
  });
});
