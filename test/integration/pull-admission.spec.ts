import { join } from 'node:path';
import { AppError } from '@app/common';
import { DatabaseUnavailableError, UpstreamMissesService } from '@app/database';
import { JobsService } from '@app/jobs';
import { SnapshotLoader } from '../../libs/occupations/src/snapshot/snapshot-loader';
import { describeOnEveryDatabase } from '../support/databases';
import { eventually } from '../support/e2e/eventually';
import { Gate } from '../support/gate';
import { useIngestionApps, type IngestionApp } from '../support/ingestion-app';
import { useOnetStub } from '../support/onet-web-services/use-onet-stub';
import { bring, pullJobs, pullsFrom } from '../support/pulling';
import { codeOf, SmallRelease } from '../support/release-folder';
import { useTemporaryFolder } from '../support/temporary-folder';
import { rejectionOf } from '../support/thrown-by';

/** Not listed in the release; O*NET rates both. */
const [CODE, OTHER] = [codeOf(13), codeOf(14)];

const DONE = { kind: 'done', notes: [] };
const NOT_ADMITTED = 'A request with an X-API-Key would have it looked up in the O*NET Web Services.';
const WITHIN_MS = 10_000;

describeOnEveryDatabase('A new pull', (database) => {
  const folder = useTemporaryFolder();
  const apps = useIngestionApps();
  const stub = useOnetStub({ release: new SmallRelease({ rated: 15, unrated: 2 }) });
  let url: string;
  let app: IngestionApp;

  beforeEach(async () => {
    url = await database.create();
    app = await apps.open(url, pullsFrom(stub, { ONET_TIMEOUT_MS: '1000' }), true);
    await app.ingest(await new SmallRelease().writeFolder(join(folder.path, '1.0')));
    await app.snapshots.follow();
  });

  const admitting = (): jest.Mock<boolean> => jest.fn<boolean, []>(() => true);

  describe('is not begun', () => {
    test('for somebody who may not cause it', async () => {
      const outcome = await bring(app, [CODE], { admit: () => false });

      expect(outcome).toEqual({ kind: 'done', notes: [NOT_ADMITTED] });
      expect(await pullJobs(app)).toEqual([]);
    });

    test('for somebody who has caused too many', async () => {
      const tooMany = new AppError('RATE_LIMITED', 'Too many.');

      const failure = await rejectionOf(
        bring(app, [CODE], {
          admit: () => {
            throw tooMany;
          },
        }),
      );

      expect(failure).toBe(tooMany);
      expect(await pullJobs(app)).toEqual([]);
    });

    test('while the database is away', async () => {
      const away = new DatabaseUnavailableError('a test ran', new Error('connect ECONNREFUSED'));
      jest.spyOn(app.get(SnapshotLoader), 'served').mockRejectedValue(away);
      const admit = admitting();

      const failure = await rejectionOf(bring(app, [CODE], { admit }));

      expect(failure).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
      expect(admit).not.toHaveBeenCalled();
    });
  });

  describe('is allowed', () => {
    test('once for each occupation that is lacking', async () => {
      const admit = admitting();

      await bring(app, [CODE, OTHER, CODE, codeOf(0)], { admit });

      expect(admit).toHaveBeenCalledTimes(2);
    });

    test('without asking where it is there, remembered to be missing, or being pulled already', async () => {
      const admit = admitting();
      stub.latencyMs = 300;
      const first = bring(app, [CODE]);
      await eventually('it is begun', async () => (await pullJobs(app)).length > 0, WITHIN_MS);
      await bring(app, [CODE], { admit });
      await first;
      await bring(app, [CODE], { admit });
      const miss = { reason: 'unknown', detail: 'None.', askedAt: new Date(), forMs: 60_000 } as const;
      await app.get(UpstreamMissesService).remember(OTHER, miss);
      await bring(app, [OTHER], { admit });

      expect(admit).not.toHaveBeenCalled();
    });

    test('without asking where another process has begun it', async () => {
      const asker = await apps.open(url, pullsFrom(stub));
      await asker.snapshots.refresh();
      stub.latencyMs = 300;
      const first = bring(app, [CODE]);
      await eventually('it is begun', async () => (await pullJobs(app)).length > 0, WITHIN_MS);
      const admit = admitting();

      expect(await bring(asker, [CODE], { admit })).toEqual(DONE);

      expect([admit.mock.calls, await first]).toEqual([[], DONE]);
    });

    test.each<[string, () => boolean]>([
      ['was not admitted', () => false],
      [
        'had caused too many',
        () => {
          throw new AppError('RATE_LIMITED', 'Too many.');
        },
      ],
    ])('to one who may cause it though another, who asked a moment before, %s', async (_, refused) => {
      const admit = admitting();

      const gate = new Gate();
      const look = jest.spyOn(app.get(JobsService), 'findUnfinished').mockImplementationOnce(async () => {
        await gate.opened;
        return null;
      });
      const looksForMisses = jest.spyOn(app.get(UpstreamMissesService), 'find');
      const refusing = bring(app, [CODE], { admit: refused });
      await eventually('it is about to be begun', () => Promise.resolve(look.mock.calls.length === 1), WITHIN_MS);
      const bringing = [bring(app, [CODE], { admit }), bring(app, [CODE], { admit })];
      await eventually('the others wait', () => Promise.resolve(looksForMisses.mock.calls.length === 3), WITHIN_MS);
      await Promise.all(looksForMisses.mock.results.map(({ value }) => value as Promise<unknown>));

      gate.open();

      const [first, ...others] = await Promise.allSettled([refusing, ...bringing]);
      expect(others).toEqual([
        { status: 'fulfilled', value: DONE },
        { status: 'fulfilled', value: DONE },
      ]);
      expect(first).not.toEqual({ status: 'fulfilled', value: DONE });
      expect(admit).toHaveBeenCalledTimes(1);
    });
  });
});
