import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SnapshotLoader } from '../../libs/occupations/src/snapshot/snapshot-loader';
import { describeOnEveryDatabase } from '../support/databases';
import { gapByLevel, useIngestionApps, type IngestionApp } from '../support/ingestion-app';
import { codeOf, SmallRelease } from '../support/release-folder';
import { useTemporaryFolder } from '../support/temporary-folder';

describeOnEveryDatabase('The snapshot of the active release', (database) => {
  const folder = useTemporaryFolder();
  const apps = useIngestionApps();
  let url: string;
  let app: IngestionApp;

  beforeEach(async () => {
    url = await database.create();
    app = await apps.open(url);
  });

  /** Writes edition n as version n.0. */
  const write = (edition: number, rated = 10): Promise<string> =>
    new SmallRelease({ edition, rated }).writeFolder(join(folder.path, `${edition}.0`));

  const execute = (sql: string): Promise<unknown> => app.unitOfWork.run((manager) => manager.query(sql));

  test('is not there before a release is active', async () => {
    await app.snapshots.refresh();

    expect(app.snapshots.current()).toBeNull();
    expect(() => app.snapshots.require()).toThrow(expect.objectContaining({ code: 'NOT_READY' }) as Error);
  });

  test('stays the same object while nothing changes', async () => {
    await app.ingest(await write(1));
    const before = app.snapshots.current();

    await app.snapshots.refresh();

    expect(app.snapshots.current()).toBe(before);
  });

  test('is replaced when its release was out of service for a while, since the revision is another one', async () => {
    const first = await app.ingest(await write(1));
    const before = app.snapshots.require();
    const other = await apps.open(url);
    await other.ingest(await write(2));
    await other.activation.activate(first.releaseId);

    await app.snapshots.refresh();

    const after = app.snapshots.require();
    expect(after.release).toEqual(before.release);
    expect([before.revision, after.revision]).toEqual([1, 3]);
  });

  test('of an earlier request goes on to answer as before when another release is activated', async () => {
    await app.ingest(await write(1));
    const before = app.snapshots.require();
    const answer = gapByLevel(before, codeOf(0), codeOf(2));

    await app.ingest(await write(2));

    expect(gapByLevel(before, codeOf(0), codeOf(2))).toEqual(answer);
    expect(gapByLevel(app.snapshots.require(), codeOf(0), codeOf(2))).not.toEqual(answer);
  });

  test.each([
    ['a rating', 'occupation_skills', '9 rated occupations instead of 10, 79 ratings instead of 80'],
    ['a scale', 'scales', '3 scales instead of 4'],
  ])(
    'is not replaced by that of a release which lost %s, and the old one goes on to answer',
    async (_, table, lost) => {
      await app.ingest(await write(1));
      const before = app.snapshots.require();
      const other = await apps.open(url);
      const { releaseId } = await other.ingest(await write(2));
      const key =
        table === 'scales'
          ? `scale_id = 'CT'`
          : `onetsoc_code = '${codeOf(3)}' AND element_id = '2.A.1.b' AND scale_id = 'LV'`;
      await execute(`DELETE FROM ${table} WHERE release_id = ${releaseId} AND ${key}`);

      await expect(app.snapshots.refresh()).rejects.toThrow(`Release ${releaseId} (2.0) is not whole: ${lost}`);

      expect(app.snapshots.current()).toBe(before);
    },
  );

  test('is not made at all of a release that lost an occupation', async () => {
    const { releaseId } = await app.ingest(await write(1));
    await execute(`DELETE FROM occupations WHERE release_id = ${releaseId} AND onetsoc_code = '${codeOf(3)}'`);
    const started = await apps.open(url);

    await expect(started.snapshots.refresh()).rejects.toThrow(
      '11 occupations instead of 12, 9 rated occupations instead of 10, 72 ratings instead of 80',
    );

    expect(started.snapshots.current()).toBeNull();
  });

  test('follows an activation in the same process at once', async () => {
    const path = await write(1);
    await app.ingest(path);
    await app.snapshots.follow();

    const { releaseId } = await app.ingestWithoutLooking(await write(2));

    expect(app.snapshots.require().release.id).toBe(releaseId);
    await app.activation.activate(releaseId - 1);
    expect(app.snapshots.require().release.id).toBe(releaseId - 1);
  });

  test('follows an activation in another process', async () => {
    await app.ingest(await write(1));
    await app.snapshots.follow();
    const other = await apps.open(url);

    const { releaseId } = await other.ingest(await write(2));

    for (let look = 0; look < 200 && app.snapshots.require().release.id !== releaseId; look++) await delay(50);
    expect(app.snapshots.require().release.version).toBe('2.0');
  });

  test('is whole whenever it is read, while other releases are loaded, activated and purged', async () => {
    const rated = 60;
    await app.ingest(await write(1, rated));
    const other = await apps.open(url);
    const loader = app.get(SnapshotLoader);
    const expected = new Map<string, unknown>();
    expected.set('1.0', answersOf(app.snapshots.require()));
    const seen: { version: string; answer: unknown }[] = [];
    const ingesting = { now: true };

    const reading = (async () => {
      while (ingesting.now) {
        const snapshot = await loader.load();
        if (snapshot === null) throw new Error('Nothing was active');
        seen.push({ version: snapshot.release.version, answer: answersOf(snapshot) });
      }
    })();
    for (const edition of [2, 3, 4, 5, 6]) {
      await other.ingest(await write(edition, rated));
      expected.set(`${edition}.0`, answersOf(other.snapshots.require()));
    }
    ingesting.now = false;
    await reading;

    expect(seen.length).toBeGreaterThan(5);
    for (const { version, answer } of seen) {
      expect(answer).toEqual(expected.get(version));
    }
  });

  const answersOf = (snapshot: Awaited<ReturnType<IngestionApp['served']>>): unknown =>
    [1, 2, 3, 40, 59].map((to) => gapByLevel(snapshot, codeOf(0), codeOf(to)));
});
