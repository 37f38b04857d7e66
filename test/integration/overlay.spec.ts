import { join } from 'node:path';
import type { SqlValue } from '@app/database';
import { JobCancelledError, JobLostError } from '@app/jobs';
import { describeOnEveryDatabase } from '../support/databases';
import { gapByLevel, useIngestionApps, type IngestionApp } from '../support/ingestion-app';
import { ingestionOf, overlayId, overlayReleases } from '../support/overlay-rows';
import { beginPull, endPull, pulledTables, storePull, type BegunPull } from '../support/pulls';
import { codeOf, SKILL_FILE, SKILLS, SmallRelease } from '../support/release-folder';
import { servedState } from '../support/served-state';
import { soc } from '../support/snapshots';
import { useTemporaryFolder } from '../support/temporary-folder';

/** Listed in the release, and not rated there. */
const [UNRATED, ALSO_UNRATED] = [codeOf(10), codeOf(11)];
/** Not listed in the release. */
const UNKNOWN = codeOf(13);

const RATINGS = Object.keys(SKILLS).length * 2;

describeOnEveryDatabase('Pulled occupations', (database) => {
  const folder = useTemporaryFolder();
  const apps = useIngestionApps();
  let url: string;
  let app: IngestionApp;

  beforeEach(async () => {
    url = await database.create();
    app = await apps.open(url);
    await app.ingest(await new SmallRelease().writeFolder(join(folder.path, '1.0')));
  });

  /** What the Web Services serve: all that the release has, and ratings of more occupations. */
  const upstream = (edition = 0): SmallRelease => new SmallRelease({ rated: 15, unrated: 2, edition });

  const begin = (code: string, release = upstream(), by = app): Promise<BegunPull> =>
    beginPull(by, code, pulledTables(release, code));

  const pullAndStore = async (code: string, release = upstream()): Promise<BegunPull> => {
    const begun = await begin(code, release);
    await storePull(app, begun);
    await endPull(app, begun);
    return begun;
  };

  const execute = (sql: string, parameters: SqlValue[] = []): Promise<unknown> =>
    app.unitOfWork.run((manager) => manager.query(sql, parameters));

  test('are served beside the release, with all that O*NET gives of them', async () => {
    const before = await app.served();
    await pullAndStore(UNRATED);

    const after = await app.served();

    const whole = await apps.open(await database.create());
    await whole.ingest(await upstream().writeFolder(join(folder.path, 'all')));
    expect(gapByLevel(after, codeOf(0), UNRATED)).toEqual(gapByLevel(await whole.served(), codeOf(0), UNRATED));
    expect(after.revision).toBe(before.revision + 1);
    expect([before.find(soc(UNRATED))?.row, after.find(soc(UNRATED))?.pulledAt]).toEqual([
      -1,
      expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    ]);
  });

  test('are counted in a release of their own, which is ready and not the active one', async () => {
    await pullAndStore(UNRATED);
    await pullAndStore(UNKNOWN);

    expect(await overlayReleases(app)).toEqual([
      {
        id: await overlayId(app),
        status: 'ready',
        occupations: 2,
        rated_occupations: 2,
        skills: RATINGS / 2,
        scales: 2,
        ratings: 2 * RATINGS,
      },
    ]);
    expect(await app.releases()).toMatchObject([
      { version: 'overlay', active: false },
      { version: '1.0', active: true },
    ]);
  });

  test('take the place of an earlier pull of the same code, whose ingestion lets go of them', async () => {
    const first = await pullAndStore(UNRATED);
    await pullAndStore(UNKNOWN);

    const second = await pullAndStore(UNRATED, upstream(3));

    const id = await overlayId(app);
    expect([(await ingestionOf(app, first))?.['release_id'], (await ingestionOf(app, second))?.['release_id']]).toEqual(
      [null, id],
    );
    expect(
      await app.query(
        `SELECT onetsoc_code AS code, ingestion_id AS id, COUNT(*) AS found FROM occupation_skills
          WHERE release_id = ? AND onetsoc_code = ? GROUP BY onetsoc_code, ingestion_id`,
        [id, UNRATED],
      ),
    ).toMatchObject([{ code: UNRATED, id: second.claim.jobId }]);
    expect(await overlayReleases(app)).toMatchObject([{ occupations: 2, ratings: 2 * RATINGS }]);
    const fresh = await apps.open(await database.create());
    await fresh.ingest(await upstream(3).writeFolder(join(folder.path, '3.0')));
    const levels = (at: Awaited<ReturnType<typeof app.served>>): number[] => {
      const occupation = at.find(soc(UNRATED));
      return occupation === undefined ? [] : [...at.levelsOf(occupation)];
    };
    expect(levels(await app.served())).toEqual(levels(await fresh.served()));
  });

  test('leave no trace where they cannot be stored as a whole, and those of before stay', async () => {
    await pullAndStore(UNRATED);
    const before = [await servedState(app), await overlayReleases(app)];
    const begun = await begin(UNRATED, upstream(3));
    const insertRows = app.unitOfWork.insertRows.bind(app.unitOfWork);
    jest.spyOn(app.unitOfWork, 'insertRows').mockImplementation((manager, table, columns, rows) =>
      // the last rows of all: everything else is written by then
      table === 'occupation_skills'
        ? Promise.reject(new Error('out of luck'))
        : insertRows(manager, table, columns, rows),
    );

    await expect(storePull(app, begun)).rejects.toThrow('out of luck');

    expect([await servedState(app), await overlayReleases(app)]).toEqual(before);
    for (const table of ['landing_occupations', 'landing_skills', 'rejected_rows']) {
      expect(await app.count(table, 'ingestion_id = ?', [begun.claim.jobId])).toBe(0);
    }
    expect(await ingestionOf(app, begun)).toEqual({ release_id: null, attempt: 1, counts: {} });
  });

  test.each<[string, string, typeof JobLostError | typeof JobCancelledError]>([
    ['another attempt has begun', 'attempt = attempt + 1', JobLostError],
    ['is over', "state = 'failed'", JobLostError],
    ['was cancelled', 'cancel_requested = 1', JobCancelledError],
  ])('of a job of which %s change nothing', async (_, change, error) => {
    await pullAndStore(UNRATED);
    const begun = await begin(UNRATED, upstream(3));
    const before = [await servedState(app), await overlayReleases(app)];
    await execute(`UPDATE jobs SET ${change} WHERE id = ?`, [begun.claim.jobId]);

    await expect(storePull(app, begun)).rejects.toBeInstanceOf(error);

    expect([await servedState(app), await overlayReleases(app)]).toEqual(before);
    expect(await app.count('landing_skills', 'ingestion_id = ?', [begun.claim.jobId])).toBe(0);
  });

  test('that are not to be served are landed, counted and their faults recorded all the same', async () => {
    const release = upstream();
    release.table(SKILL_FILE).change({ 'O*NET-SOC Code': UNRATED, 'Scale ID': 'LV' }, 'Data Value', 'lost');
    const before = await servedState(app);
    const begun = await begin(UNRATED, release);

    await storePull(app, begun, { serve: false });

    expect(await servedState(app)).toEqual(before);
    expect(await overlayReleases(app)).toEqual([]);
    expect(await ingestionOf(app, begun)).toEqual({
      release_id: null,
      attempt: 1,
      counts: {
        occupation_data: { landed: 1, normalised: 1, rejected: 0 },
        skills: { landed: RATINGS, normalised: RATINGS - 1, rejected: 1 },
      },
    });
    expect(await app.count('landing_skills', 'ingestion_id = ?', [begun.claim.jobId])).toBe(RATINGS);
    expect(
      await app.query('SELECT source_file, line_no, reason_code FROM rejected_rows WHERE ingestion_id = ?', [
        begun.claim.jobId,
      ]),
    ).toEqual([{ source_file: 'skills', line_no: 2, reason_code: 'NOT_A_NUMBER' }]);
  });

  test('are landed as they were delivered', async () => {
    const begun = await pullAndStore(UNKNOWN);

    expect(
      await app.query(
        `SELECT source_file, line_no, element_name, scale_id, not_relevant, date_updated FROM landing_skills
          WHERE ingestion_id = ? AND line_no <= 2 ORDER BY line_no`,
        [begun.claim.jobId],
      ),
    ).toMatchObject([
      {
        source_file: 'skills',
        line_no: 1,
        element_name: 'Reading Comprehension',
        scale_id: 'IM',
        not_relevant: null,
        date_updated: '2023-08-01',
      },
      { line_no: 2, scale_id: 'LV' },
    ]);
  });

  test('that are stored by several processes at the same moment end up in one release, and all are counted', async () => {
    const codes = [UNRATED, ALSO_UNRATED, codeOf(12), UNKNOWN];
    const processes = await Promise.all(codes.map(() => apps.open(url)));
    const { revision } = await app.served();
    const begun = await Promise.all(processes.map((process, index) => begin(codes[index] ?? '', upstream(), process)));

    await Promise.all(processes.map((process, index) => storePull(process, begun[index]!))); // as many as processes

    expect(await overlayReleases(app)).toMatchObject([{ occupations: 4, rated_occupations: 4, ratings: 4 * RATINGS }]);
    const served = await app.served();
    expect(served.revision).toBe(revision + 4);
    expect(codes.map((code) => served.find(soc(code))?.row)).not.toContain(-1);
  });

  test('that were listed without ratings are served as such where the release does not list them', async () => {
    const listed = codeOf(16);
    const begun = await begin(listed);

    await storePull(app, begun);

    const served = await app.served();
    expect(served.find(soc(listed))).toMatchObject({ title: 'Occupation 17', row: -1, ratingCount: 0 });
    expect(await overlayReleases(app)).toMatchObject([{ occupations: 1, rated_occupations: 0, ratings: 0 }]);
  });
});
