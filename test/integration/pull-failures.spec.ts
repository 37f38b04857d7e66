import { join } from 'node:path';
import { AppError } from '@app/common';
import { DatabaseUnavailableError } from '@app/database';
import { JobsService } from '@app/jobs';
import { OverlayService } from '@app/normalization';
import { describeOnEveryDatabase } from '../support/databases';
import { eventually } from '../support/e2e/eventually';
import { useIngestionApps, type IngestionApp } from '../support/ingestion-app';
import type { Fault } from '../support/onet-web-services/faults';
import { useOnetStub } from '../support/onet-web-services/use-onet-stub';
import { overlayReleases } from '../support/overlay-rows';
import { bring, isRated, pullJobs, pullsFrom } from '../support/pulling';
import { codeOf, SmallRelease } from '../support/release-folder';
import { useTemporaryFolder } from '../support/temporary-folder';
import { rejectionOf } from '../support/thrown-by';

/** Not listed in the release; O*NET rates both. */
const [CODE, OTHER] = [codeOf(13), codeOf(14)];

const DONE = { kind: 'done', notes: [] };
const WITHIN_MS = 10_000;

describeOnEveryDatabase('A pull', (database) => {
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

  const rowsAreAskedFor = ({ tableId }: { readonly tableId: string | null }): boolean => tableId !== null;

  describe('that fails', () => {
    test.each<[string, Fault, RegExp, number, boolean]>([
      ['since the credentials are refused', { kind: 'status', status: 401 }, /do not accept the credentials/, 60, true],
      [
        'since O*NET was asked too often',
        { kind: 'status', status: 429, headers: { 'Retry-After': '90' } },
        /must not be asked more often/,
        90,
        true,
      ],
      [
        'since O*NET is being repaired',
        { kind: 'status', status: 503, headers: { 'Retry-After': '40' } },
        /do not answer/,
        40,
        false,
      ],
      [
        'since the answer cannot be read',
        { kind: 'malformed' },
        new RegExp(`answer for ${CODE} cannot be used`),
        60,
        false,
      ],
    ])(
      '%s tells when to come back, and O*NET is left alone until then',
      async (_, fault, sentence, seconds, forAll) => {
        stub.failOn(rowsAreAskedFor, fault);

        const failure = await rejectionOf(bring(app, [CODE]));

        expect(failure).toBeInstanceOf(AppError);
        expect(failure).toMatchObject({
          code: 'ONET_UNAVAILABLE',
          detail: expect.stringMatching(sentence) as string,
          retryAfterSeconds: expect.any(Number) as number,
        });
        const wait = (failure as AppError).retryAfterSeconds ?? 0;
        expect(wait).toBeGreaterThan(seconds - 10);
        expect(wait).toBeLessThanOrEqual(seconds);
        const [job] = await pullJobs(app);
        expect(job).toMatchObject({ state: 'failed', attempt: 1 });
        stub.heal();
        const asked = stub.requests.length;
        expect(await rejectionOf(bring(app, [CODE]))).toMatchObject({ code: 'ONET_UNAVAILABLE' });
        expect(stub.requests).toHaveLength(asked);
        // what concerns one occupation keeps nobody from others
        const other = bring(app, [OTHER]);
        if (forAll) await expect(other).rejects.toMatchObject({ code: 'ONET_UNAVAILABLE' });
        else expect(await other).toEqual(DONE);
      },
    );

    test('since O*NET does not answer in time tells that to all who wait', async () => {
      stub.failOn(rowsAreAskedFor, { kind: 'hang' });

      const failures = await Promise.all([1, 2, 3].map(() => rejectionOf(bring(app, [CODE]))));

      for (const failure of failures)
        expect(failure).toMatchObject({ code: 'ONET_UNAVAILABLE', retryAfterSeconds: 10 });
      expect(await pullJobs(app)).toHaveLength(1);
    });

    test('is made again once its pause is over', async () => {
      stub.failOn(rowsAreAskedFor, { kind: 'malformed' }, 2);
      await rejectionOf(bring(app, [CODE]));
      stub.heal();
      await app.unitOfWork.execute('UPDATE upstream_misses SET valid_until = 1');

      expect(await bring(app, [CODE])).toEqual(DONE);
    });

    test('for a reason of our own says no more than that', async () => {
      const frame = jest
        .spyOn(app.get(OverlayService), 'frame')
        .mockRejectedValue(new Error('the password is hunter2'));

      const failure = await rejectionOf(bring(app, [CODE]));

      expect(frame).toHaveBeenCalledTimes(3);
      expect(failure).toMatchObject({ code: 'ONET_UNAVAILABLE', retryAfterSeconds: undefined });
      expect((failure as AppError).detail).not.toContain('hunter2');
    });

    test('since an admin cancelled it says so, and brings nothing', async () => {
      stub.failOn(rowsAreAskedFor, { kind: 'hang' });
      const failing = rejectionOf(bring(app, [CODE]));
      await eventually('it is asked for', () => Promise.resolve(stub.requestsFor(CODE).length > 0), WITHIN_MS);
      const [job] = await pullJobs(app);

      await app.get(JobsService).cancel(job?.id ?? '');

      expect(await failing).toMatchObject({
        code: 'ONET_UNAVAILABLE',
        detail: 'The release in service does not have it. An admin has cancelled the pull.',
      });
      expect(await overlayReleases(app)).toEqual([]);
      expect(await app.count('upstream_misses')).toBe(0);
    });
  });

  test('answers though the database is away when O*NET has answered, and is stored once it is back', async () => {
    const { unitOfWork } = app;
    const away = new DatabaseUnavailableError('a test ran', new Error('connect ECONNREFUSED'));
    const run = jest.spyOn(unitOfWork, 'run');
    stub.latencyMs = 300;
    const bringing = bring(app, [CODE]);
    await eventually('it is asked for', () => Promise.resolve(stub.requestsFor(CODE).length > 0), WITHIN_MS);
    const reads = jest.spyOn(unitOfWork, 'query').mockRejectedValue(away);
    run.mockRejectedValue(away);

    expect(await bringing).toEqual(DONE);

    expect(isRated(app.snapshots.require(), CODE)).toBe(true);
    run.mockRestore();
    reads.mockRestore();
    await eventually('it is stored', async () => (await overlayReleases(app)).length > 0, WITHIN_MS);
  });
});
