import { join } from 'node:path';
import type { IngestionReport } from '@app/ingestion';
import { describeOnEveryDatabase } from '../support/databases';
import { gapByLevel, useIngestionApps, type IngestionApp } from '../support/ingestion-app';
import { codeOf, SKILL_FILE, SmallRelease } from '../support/release-folder';
import { servedState } from '../support/served-state';
import { useTemporaryFolder } from '../support/temporary-folder';

describeOnEveryDatabase('The quality checks', (database) => {
  const folder = useTemporaryFolder();
  const apps = useIngestionApps();
  let app: IngestionApp;

  beforeEach(async () => {
    app = await apps.open(await database.create());
  });

  /** Ingests a release of `rated` occupations, of which some lose a rating. */
  const ingest = async (rated: number, incomplete = 0, activateAnyway?: boolean): Promise<IngestionReport> => {
    const release = new SmallRelease({ rated, edition: rated });
    for (let occupation = 0; occupation < incomplete; occupation++) {
      release.table(SKILL_FILE).change({ 'O*NET-SOC Code': codeOf(occupation) }, 'Data Value', '?');
    }
    const path = await release.writeFolder(join(folder.path, `${rated}.${incomplete}`));
    return app.ingest(path, { activateAnyway });
  };

  const active = async (): Promise<number | undefined> => (await app.releases()).find((release) => release.active)?.id;

  test('let a release through of which exactly 1 % is incomplete', async () => {
    const report = await ingest(100, 1);

    expect(report).toMatchObject({ activated: true, concerns: [], rated: 99, incomplete: [codeOf(0)] });
    const served = await app.served();
    expect(() => gapByLevel(served, codeOf(1), codeOf(0))).toThrow(
      `"to": ${codeOf(0)} (Occupation 1) has incomplete skill ratings in the loaded copy of O*NET release 100.1: 7 of 8.`,
    );
  });

  test('keep a release back of which more than 1 % is incomplete: it is ready, and the old one is served', async () => {
    const old = await ingest(100);
    const before = await servedState(app);

    const report = await ingest(101, 2);

    const concern = '2 of 101 occupations with ratings are incomplete (more than 1 %)';
    expect(report).toMatchObject({ activated: false, concerns: [concern], rated: 99 });
    expect(await servedState(app)).toEqual(before);
    expect(await app.releases()).toMatchObject([
      { id: report.releaseId, status: 'ready', active: false },
      { id: old.releaseId, status: 'ready', active: true },
    ]);
    expect(await app.count('occupation_skills', 'release_id = ?', [report.releaseId])).toBe(101 * 8 - 2);
    expect(
      await app.query('SELECT j.state, i.error FROM ingestions i JOIN jobs j ON j.id = i.id WHERE i.id = ?', [
        report.ingestionId,
      ]),
    ).toEqual([{ state: 'completed', error: `Not activated: ${concern}.` }]);
  });

  test('let an incomplete release through when told to activate it anyway', async () => {
    await ingest(20);

    const report = await ingest(21, 3, true);

    expect(report).toMatchObject({ activated: true, concerns: [] });
    expect(await active()).toBe(report.releaseId);
  });

  test('let a release through that rates exactly 20 % fewer than the active one', async () => {
    await ingest(20);

    const report = await ingest(16);

    expect(report).toMatchObject({ activated: true, concerns: [] });
  });

  test('keep a release back that rates more than 20 % fewer than the active one', async () => {
    const old = await ingest(20);
    const before = await servedState(app);

    const report = await ingest(15);

    expect(report).toMatchObject({
      activated: false,
      concerns: ['it rates 15 occupations, more than 20 % fewer than the 20 of the active release'],
    });
    expect(await servedState(app)).toEqual(before);
    expect(await active()).toBe(old.releaseId);
  });

  test('let a much smaller release through when told to activate it anyway', async () => {
    await ingest(20);

    const report = await ingest(5, 0, true);

    expect(await active()).toBe(report.releaseId);
    expect((await app.served()).occupations).toHaveLength(7);
  });

  test('name every reason', async () => {
    await ingest(20);

    const report = await ingest(12, 2);

    expect(report.concerns).toEqual([
      '2 of 12 occupations with ratings are incomplete (more than 1 %)',
      'it rates 10 occupations, more than 20 % fewer than the 20 of the active release',
    ]);
  });

  test('compare with the release that is active, not with one that was kept back', async () => {
    await ingest(20);
    await ingest(5);

    const report = await ingest(10);

    expect(report.activated).toBe(false);
  });

  test('keep a first release back as well, and nothing is served then', async () => {
    const report = await ingest(10, 1);

    expect(report.activated).toBe(false);
    expect(() => app.snapshots.require()).toThrow(expect.objectContaining({ code: 'NOT_READY' }) as Error);
  });

  test('keep a release back that ends in the middle of its ratings', async () => {
    await ingest(20);
    const before = await servedState(app);
    const release = new SmallRelease({ rated: 20, edition: 1 });
    const bytes = release.bytes(SKILL_FILE);
    release.putFile(SKILL_FILE, bytes.subarray(0, Math.floor(bytes.length * 0.7)));

    const report = await app.ingest(await release.writeFolder(join(folder.path, '30.2')));

    expect(report.activated).toBe(false);
    expect(report.concerns).toHaveLength(2);
    expect(report.rejections).toMatchObject([{ code: 'TOO_FEW_COLUMNS', rows: 1 }]);
    expect(await servedState(app)).toEqual(before);
  });
});
