import { UpstreamMissesService } from '@app/database';
import { join } from 'node:path';
import { recordResult } from '@app/jobs';
import { OverlayService } from '@app/normalization';
import { toPulledOccupation } from '../../libs/ingestion/src/pulls/pulled-occupation';
import { PullOccupationHandler } from '../../libs/ingestion/src/pulls/pull-occupation.handler';
import { describeOnEveryDatabase } from '../support/databases';
import { eventually } from '../support/e2e/eventually';
import { Gate } from '../support/gate';
import { gapByLevel, useIngestionApps, type IngestionApp } from '../support/ingestion-app';
import { useOnetStub } from '../support/onet-web-services/use-onet-stub';
import { overlayReleases } from '../support/overlay-rows';
import { bring, isRated, pullJobs, pullsFrom } from '../support/pulling';
import { beginPull, pulledTables } from '../support/pulls';
import { codeOf, SmallRelease } from '../support/release-folder';
import { soc } from '../support/snapshots';
import { useTemporaryFolder } from '../support/temporary-folder';

/** Listed in the release without ratings; O*NET has them. */
const UNRATED = codeOf(10);
/** Not listed in the release; O*NET rates the first, and only lists the second. */
const [UNLISTED, LISTED] = [codeOf(13), codeOf(16)];
/** O*NET does not have it either. */
const NOWHERE = '99-9999.99';

const DONE = { kind: 'done', notes: [] };
const UPSTREAM = new SmallRelease({ rated: 15, unrated: 2 });
const WITHIN_MS = 10_000;

describeOnEveryDatabase('An occupation that the release lacks', (database) => {
  const folder = useTemporaryFolder();
  const apps = useIngestionApps();
  const stub = useOnetStub({ release: UPSTREAM });
  let url: string;
  let app: IngestionApp;

  beforeEach(async () => {
    url = await database.create();
    app = await apps.open(url, pullsFrom(stub), true);
    await app.ingest(await new SmallRelease().writeFolder(join(folder.path, '1.0')));
    await app.snapshots.follow();
  });

  const isStored = (code: string): Promise<boolean> =>
    app.count('occupation_skills', 'onetsoc_code = ?', [code]).then((found) => found > 0);

  const jobsEnd = (): Promise<void> =>
    eventually(
      'all pulls are over',
      async () => (await pullJobs(app)).every(({ state }) => state === 'completed'),
      WITHIN_MS,
    );

  test('is there once it was brought, and is stored', async () => {
    expect(await bring(app, [UNRATED])).toEqual(DONE);

    expect(gapByLevel(app.snapshots.require(), codeOf(0), UNRATED)).not.toEqual([]);
    await jobsEnd();
    expect(await overlayReleases(app)).toMatchObject([{ occupations: 1, rated_occupations: 1 }]);
    expect(app.snapshots.require().edition).toBe('2');
  });

  test('is pulled once, however many wait for it', async () => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => bring(app, [UNLISTED, UNLISTED])));

    expect(outcomes).toEqual(Array.from({ length: 20 }, () => DONE));
    await jobsEnd();
    expect(await pullJobs(app)).toHaveLength(1);
    expect(
      stub
        .requestsFor(UNLISTED)
        .map(({ tableId }) => tableId)
        .toSorted(),
    ).toEqual(['occupation_data', 'skills']);
  });

  test('is not asked for again once it is there', async () => {
    await bring(app, [UNLISTED]);

    expect(await bring(app, [UNLISTED])).toEqual(DONE);

    expect(await pullJobs(app)).toHaveLength(1);
  });

  test('is pulled along with others that are lacking', async () => {
    expect(await bring(app, [UNRATED, codeOf(0), UNLISTED])).toEqual(DONE);

    const snapshot = app.snapshots.require();
    expect([UNRATED, UNLISTED].map((code) => isRated(snapshot, code))).toEqual([true, true]);
    expect(await pullJobs(app)).toHaveLength(2);
  });

  test('is there before it is stored', async () => {
    const gate = new Gate();
    const overlay = app.get(OverlayService);
    const store = overlay.store.bind(overlay);
    jest.spyOn(overlay, 'store').mockImplementationOnce(async (...given) => {
      await gate.opened;
      return store(...given);
    });

    expect(await bring(app, [UNLISTED])).toEqual(DONE);

    expect([isRated(app.snapshots.require(), UNLISTED), await isStored(UNLISTED)]).toEqual([true, false]);
    gate.open();
    await jobsEnd();
    expect(await isStored(UNLISTED)).toBe(true);
  });

  test('is there though it could not be stored, and is stored later without asking O*NET again', async () => {
    jest.spyOn(app.get(OverlayService), 'store').mockRejectedValueOnce(new Error('out of luck'));

    expect(await bring(app, [UNLISTED])).toEqual(DONE);

    expect(isRated(app.snapshots.require(), UNLISTED)).toBe(true);
    await jobsEnd();
    expect(await pullJobs(app)).toMatchObject([{ state: 'completed', attempt: 2 }]);
    expect(await isStored(UNLISTED)).toBe(true);
    expect(stub.requestsFor(UNLISTED)).toHaveLength(2);
  });

  test('is pulled by another process that runs jobs, and is there where it was asked for', async () => {
    const asker = await apps.open(url, pullsFrom(stub));
    await asker.snapshots.refresh();

    expect(await bring(asker, [UNLISTED])).toEqual(DONE);

    expect(isRated(asker.snapshots.require(), UNLISTED)).toBe(true);
  });

  test('is stored from what was recorded where the process died, without asking O*NET again', async () => {
    const asker = await apps.open(url);
    const { claim, pull, tables } = await beginPull(asker, UNLISTED, pulledTables(UPSTREAM, UNLISTED));
    const occupation = toPulledOccupation(soc(UNLISTED), pull, new Date());
    await asker.unitOfWork.run((manager) =>
      recordResult(manager, claim, { outcome: 'pulled', occupation, tables: [...tables] }),
    );
    await asker.unitOfWork.execute('UPDATE jobs SET lease_until = 1 WHERE id = ?', [claim.jobId]);

    expect(await bring(app, [UNLISTED])).toEqual(DONE);

    await jobsEnd();
    expect(await pullJobs(app)).toMatchObject([{ attempt: 2, result: expect.stringContaining('stored') as string }]);
    expect(await isStored(UNLISTED)).toBe(true);
    expect(stub.requestsFor(UNLISTED)).toEqual([]);
  });

  test('that takes too long is waited for no longer, and is there later', async () => {
    const hasty = await apps.open(url, pullsFrom(stub, { ONET_PULL_WAIT_MS: '100' }), true);
    await hasty.snapshots.follow();
    stub.latencyMs = 700;

    const outcome = await bring(hasty, [UNLISTED]);

    const [job] = await pullJobs(app);
    expect(outcome).toMatchObject({ kind: 'waiting', job: { id: job?.id } });
    await eventually('it is there', () => Promise.resolve(isRated(hasty.snapshots.require(), UNLISTED)), WITHIN_MS);
  });

  describe('and O*NET as well', () => {
    test('is told to be unknown, and O*NET is not asked for it again', async () => {
      const notes = [`The O*NET Web Services do not know ${NOWHERE} either.`];
      expect(await bring(app, [NOWHERE])).toEqual({ kind: 'done', notes });
      const asked = stub.requestsFor(NOWHERE).length;

      expect(await bring(app, [NOWHERE])).toEqual({ kind: 'done', notes });

      expect(stub.requestsFor(NOWHERE)).toHaveLength(asked);
      expect(await overlayReleases(app)).toEqual([]);
    });

    test('keeps the others from being asked for, since there would be no answer anyway', async () => {
      await bring(app, [NOWHERE]);

      await bring(app, [UNLISTED, NOWHERE]);

      expect(stub.requestsFor(UNLISTED)).toEqual([]);
    });

    test('is told to have no ratings where it is only listed, and is listed from then on', async () => {
      const notes = [`The O*NET Web Services list ${LISTED} without skill ratings, too.`];
      expect(await bring(app, [LISTED])).toEqual({ kind: 'done', notes });

      await jobsEnd();
      expect(await bring(app, [LISTED])).toEqual({ kind: 'done', notes });

      expect(stub.requestsFor(LISTED)).toHaveLength(2);
      expect(app.snapshots.require().find(soc(LISTED))).toMatchObject({ title: 'Occupation 17', row: -1 });
      expect(await overlayReleases(app)).toMatchObject([{ occupations: 1, rated_occupations: 0 }]);
    });

    test('changes nothing where both list it without ratings', async () => {
      stub.setRows('skills', []);
      const before = app.snapshots.require();

      expect(await bring(app, [UNRATED])).toMatchObject({ kind: 'done', notes: [expect.stringContaining('without')] });

      await jobsEnd();
      expect([app.snapshots.require(), await overlayReleases(app)]).toEqual([before, []]);
    });

    test.each([
      [
        'of which a rating is damaged',
        'skills',
        'data_value',
        'The O*NET Web Services have 7 of the 8 skill ratings of',
      ],
      [
        'whose title is lost',
        'occupation_data',
        'title',
        'The title and description that the O*NET Web Services have of',
      ],
    ])('is told to be of no use %s, and is not served', async (_, table, column, sentence) => {
      stub.failOn(({ tableId }) => tableId === table, {
        kind: 'rows',
        change: ([first, ...others]) => [{ ...first, [column]: ' ' }, ...others],
      });

      const outcome = await bring(app, [UNLISTED]);

      expect(outcome).toMatchObject({ kind: 'done', notes: [expect.stringContaining(`${sentence} ${UNLISTED}`)] });
      await jobsEnd();
      expect(app.snapshots.require().find(soc(UNLISTED))).toBeUndefined();
      const [job] = await pullJobs(app);
      expect(await app.count('rejected_rows', 'ingestion_id = ?', [job?.id])).toBe(1);
    });

    test('is forgotten when old rows are cleared up, though no pull ever brought anything', async () => {
      const misses = app.get(UpstreamMissesService);
      await misses.remember('11-0000.00', { reason: 'unknown', detail: 'Old.', askedAt: new Date(0), forMs: -1 });
      Reflect.set(app.get(PullOccupationHandler), 'tidiedAt', 0);

      await bring(app, [NOWHERE]);

      await jobsEnd();
      expect(await app.query('SELECT code FROM upstream_misses')).toEqual([{ code: NOWHERE }]);
    });

    test('is told before old rows are cleared up', async () => {
      const gate = new Gate();
      jest.spyOn(app.retention, 'purge').mockImplementationOnce(() => gate.opened);
      Reflect.set(app.get(PullOccupationHandler), 'tidiedAt', 0);

      const outcome = await bring(app, [NOWHERE]);

      expect((await pullJobs(app)).map(({ state }) => state)).toEqual(['active']);
      gate.open();
      expect(outcome).toMatchObject({ kind: 'done', notes: [expect.stringContaining('do not know')] });
      await jobsEnd();
    });
  });
});
