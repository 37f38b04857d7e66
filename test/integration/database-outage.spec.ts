import { join } from 'node:path';
import { isDatabaseUnavailable } from '@app/database';
import { describeOnEveryServer } from '../support/databases';
import { startDatabaseServer, type DatabaseServer } from '../support/engines';
import { gapByLevel, IngestionApp, useIngestionApps } from '../support/ingestion-app';
import { codeOf, SmallRelease } from '../support/release-folder';
import { servedState, type ServedState } from '../support/served-state';
import { useTemporaryFolder } from '../support/temporary-folder';

describeOnEveryServer('When the database goes away', (database, { controllable }) => {
  if (!controllable || database.engine === 'sqlite') {
    test.skip('(not tested: this server was not started by the tests, so they cannot stop it)', () => undefined);
    return;
  }
  const folder = useTemporaryFolder();
  const apps = useIngestionApps();
  const { engine } = database;
  let server: DatabaseServer;

  beforeAll(async () => {
    server = await startDatabaseServer(engine);
  });

  afterAll(() => server.dispose());

  beforeEach(() => server.start());

  describe.each([
    ['rows are landed', 'landing_skills'],
    ['rows are normalised', 'occupation_skills'],
  ])('while %s', (_, table) => {
    let url: string;
    let app: IngestionApp;
    let before: ServedState;
    let next: string;
    let failure: unknown;

    beforeEach(async () => {
      url = await server.createDatabase();
      app = await apps.open(url);
      await app.ingest(await new SmallRelease().writeFolder(join(folder.path, '1.0')));
      before = await servedState(app);
      next = await new SmallRelease({ edition: 1 }).writeFolder(join(folder.path, '2.0'));
      const insertRows = app.unitOfWork.insertRows.bind(app.unitOfWork);
      const stopping = jest.spyOn(app.unitOfWork, 'insertRows').mockImplementation(async (manager, into, ...rest) => {
        if (into === table) await server.stop();
        return insertRows(manager, into, ...rest);
      });
      failure = await app.ingest(next).catch((error: unknown) => error);
      stopping.mockRestore();
    });

    test('the ingestion fails, and the error says that the database is away', () => {
      expect(failure).toBeInstanceOf(Error);
      expect(isDatabaseUnavailable(failure)).toBe(true);
    });

    test('answers go on from memory', () => {
      expect(gapByLevel(app.snapshots.require(), codeOf(0), codeOf(2))).toEqual(before.gapByLevel);
    });

    test('after its return the old release is active and whole, and the next ingestion works and clears up', async () => {
      await server.start();
      const restarted = await apps.open(url);
      const afterwards = await servedState(restarted);
      const left = await restarted.releases();
      const report = await app.ingest(next);

      expect(afterwards).toEqual(before);
      expect(left).toMatchObject([
        { version: '2.0', status: 'loading', active: false },
        { version: '1.0', status: 'ready', active: true },
      ]);
      expect(report).toMatchObject({ activated: true, rated: 10, rejections: [] });
      expect((await restarted.served()).release.version).toBe('2.0');
      expect(await restarted.releases()).toMatchObject([
        { id: report.releaseId, version: '2.0', status: 'ready', active: true },
        { version: '1.0', status: 'retired', active: false },
      ]);
      expect(await restarted.count('jobs', `state = 'failed'`)).toBe(1);
    });
  });

  test('a start fails with one sentence that says where nothing listens, and without the password', async () => {
    const url = new URL(await server.createDatabase());
    url.password = 'not-for-the-log';
    await server.stop();

    const failure: unknown = await IngestionApp.open(url.href).catch((error: unknown) => error);

    const { message } = failure as Error;
    expect(message).toMatch(/^The database onet_test_\w+ on 127\.0\.0\.1:\d+ cannot be used: nothing listens there\./);
    expect(message).not.toContain('not-for-the-log');
  });

  test('the release in memory is answered from, and a newer one is found after its return', async () => {
    const url = await server.createDatabase();
    const app = await apps.open(url);
    await app.ingest(await new SmallRelease().writeFolder(join(folder.path, '1.0')));
    const before = await servedState(app);

    await server.stop();
    await expect(app.snapshots.refresh()).rejects.toThrow();
    expect(gapByLevel(app.snapshots.require(), codeOf(0), codeOf(2))).toEqual(before.gapByLevel);

    await server.start();
    const other = await apps.open(url);
    await other.ingest(await new SmallRelease({ edition: 1 }).writeFolder(join(folder.path, '2.0')));
    expect((await app.served()).release.version).toBe('2.0');
  });
});
