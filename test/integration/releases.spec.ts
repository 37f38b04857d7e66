import { join } from 'node:path';
import { describeOnEveryDatabase } from '../support/databases';
import { useIngestionApps, type IngestionApp } from '../support/ingestion-app';
import { codeOf, SKILL_FILE, SmallRelease } from '../support/release-folder';
import { servedState } from '../support/served-state';
import { useTemporaryFolder } from '../support/temporary-folder';

describeOnEveryDatabase('Of several releases', (database) => {
  const folder = useTemporaryFolder();
  const apps = useIngestionApps();
  let app: IngestionApp;

  beforeEach(async () => {
    app = await apps.open(await database.create());
  });

  /** Ingests an edition as version `<edition>.0`; returns its id. */
  const ingest = async (edition: number): Promise<number> => {
    const path = await new SmallRelease({ edition }).writeFolder(join(folder.path, `${edition}.0`));
    return (await app.ingest(path)).releaseId;
  };

  /** Ingests an edition that is kept back, since one of its ten occupations is incomplete. */
  const ingestKeptBack = async (edition: number): Promise<number> => {
    const release = new SmallRelease({ edition });
    release.table(SKILL_FILE).change({ 'O*NET-SOC Code': codeOf(4), 'Scale ID': 'LV' }, 'Data Value', 'lost');
    const report = await app.ingest(await release.writeFolder(join(folder.path, `${edition}.0`)));
    expect(report.activated).toBe(false);
    return report.releaseId;
  };

  const landings = async (): Promise<string[]> => {
    const rows = await app.query<{ origin: string }>(
      `SELECT origin FROM ingestions WHERE EXISTS (SELECT 1 FROM landing_skills WHERE ingestion_id = ingestions.id)
        ORDER BY origin`,
    );
    return rows.map(({ origin }) => origin);
  };

  test('the last three good ones are kept, and nothing of earlier ones but the record of their ingestion', async () => {
    const ids = [await ingest(1), await ingest(2), await ingest(3), await ingest(4), await ingest(5)];

    const listed = await app.releases();
    expect(listed.map(({ id, status, active }) => [id, status, active])).toEqual([
      [ids[4], 'ready', true],
      [ids[3], 'retired', false],
      [ids[2], 'retired', false],
    ]);
    for (const table of ['occupations', 'skills', 'scales', 'occupation_skills']) {
      expect(await app.query(`SELECT DISTINCT release_id AS id FROM ${table} ORDER BY release_id`)).toEqual(
        ids.slice(2).map((id) => ({ id })),
      );
    }
    expect(
      await app.query(
        'SELECT i.origin, j.state, i.release_id FROM ingestions i JOIN jobs j ON j.id = i.id ORDER BY i.origin',
      ),
    ).toEqual([
      { origin: '1.0', state: 'completed', release_id: null },
      { origin: '2.0', state: 'completed', release_id: null },
      ...['3.0', '4.0', '5.0'].map((origin, index) => ({ origin, state: 'completed', release_id: ids[2 + index] })),
    ]);
  });

  test('the landed rows of the last three are kept', async () => {
    for (const edition of [1, 2, 3, 4, 5]) await ingest(edition);

    expect(await landings()).toEqual(['3.0', '4.0', '5.0']);
    for (const table of ['landing_occupations', 'landing_scales', 'landing_skills']) {
      expect(await app.query(`SELECT DISTINCT ingestion_id FROM ${table}`)).toHaveLength(3);
    }
  });

  test('the active one is kept however old it is', async () => {
    const active = await ingest(1);
    const before = await servedState(app);
    const keptBack = [await ingestKeptBack(2), await ingestKeptBack(3), await ingestKeptBack(4)];

    expect(await servedState(app)).toEqual(before);
    expect((await app.releases()).map(({ id }) => id)).toEqual([keptBack[2], keptBack[1], active]);
  });

  test('one that is activated while it is about to be purged is kept whole', async () => {
    const old = await ingest(1);
    const before = await servedState(app);
    await ingest(2);
    await ingest(3);
    const purge = jest.spyOn(app.retention, 'purge').mockResolvedValueOnce();
    await ingest(4);
    expect(purge).toHaveBeenCalled();
    // the first unit of work that deletes; which releases to delete was decided before it
    const run = app.unitOfWork.run.bind(app.unitOfWork);
    jest.spyOn(app.unitOfWork, 'run').mockImplementationOnce(async (work) => {
      await app.activation.activate(old);
      return run(work);
    });

    await app.retention.purge();

    const after = await servedState(app);
    expect(after.snapshot.release).toEqual(before.snapshot.release);
    expect([after.rows, after.gapByLevel]).toEqual([before.rows, before.gapByLevel]);
  });

  test('a retired one is served again after it is activated, whole and under a new revision', async () => {
    const first = await ingest(1);
    const before = await app.served();
    const second = await ingest(2);
    const between = await app.served();

    const returned = await app.activation.activate(first);

    const after = await app.served();
    expect(returned).toMatchObject({ id: first, version: '1.0', status: 'ready' });
    expect(await app.releases()).toMatchObject([
      { id: second, status: 'retired', active: false },
      { id: first, status: 'ready', active: true },
    ]);
    expect([before.revision, between.revision, after.revision]).toEqual([1, 2, 3]);
    expect(between.level).not.toEqual(before.level);
    expect([after.release, after.occupations, after.level, after.importance]).toEqual([
      before.release,
      before.occupations,
      before.level,
      before.importance,
    ]);
  });

  test('one that was kept back is served once an admin activates it', async () => {
    await ingest(1);
    const keptBack = await ingestKeptBack(2);

    await app.activation.activate(keptBack);

    expect((await app.served()).release.id).toBe(keptBack);
  });

  test('the active one, activated again, stays what it is and keeps its revision', async () => {
    const id = await ingest(1);
    const before = await servedState(app);

    await app.activation.activate(id);

    expect(await servedState(app)).toEqual(before);
  });

  test('one that does not exist cannot be activated', async () => {
    await ingest(1);
    const before = await servedState(app);

    await expect(app.activation.activate(99)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await servedState(app)).toEqual(before);
  });

  test.each(['loading', 'failed'])('one that is %s cannot be activated', async (status) => {
    await ingest(1);
    const half = await ingest(2);
    await ingest(3);
    await app.unitOfWork.run((manager) => manager.query('UPDATE releases SET status = ? WHERE id = ?', [status, half]));
    const before = await servedState(app);

    await expect(app.activation.activate(half)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await servedState(app)).toEqual(before);
  });

  test('two activated at the same moment follow each other', async () => {
    const ids = [await ingest(1), await ingest(2), await ingest(3)] as const;
    const { revision } = await app.served();

    await Promise.all([app.activation.activate(ids[0]), app.activation.activate(ids[1])]);

    const served = await app.served();
    expect(served.revision).toBe(revision + 2);
    expect(ids.slice(0, 2)).toContain(served.release.id);
    expect((await app.releases()).filter(({ status }) => status === 'ready')).toHaveLength(1);
  });
});
