import { join } from 'node:path';
import type { IngestionStage } from '@app/normalization';
import { JobCancelledError, JobLostError } from '@app/jobs';
import { ActivationService, NormalizationService } from '@app/normalization';
import { useApplicationProcesses } from '../support/application-processes';
import { describeOnEveryDatabase } from '../support/databases';
import { Gate } from '../support/gate';
import { useIngestionApps, type IngestionApp } from '../support/ingestion-app';
import { SmallRelease } from '../support/release-folder';
import { rowsOfOtherReleases, servedState, type ServedState } from '../support/served-state';
import { useTemporaryFolder } from '../support/temporary-folder';

interface Run {
  readonly id: string;
  readonly state: string;
  readonly error: string | null;
  readonly release_id: number | null;
}

describeOnEveryDatabase('An ingestion', (database) => {
  const folder = useTemporaryFolder();
  const apps = useIngestionApps();
  const processes = useApplicationProcesses();
  let url: string;
  let app: IngestionApp;
  let before: ServedState;

  beforeEach(async () => {
    url = await database.create();
    app = await apps.open(url);
    await app.ingest(await new SmallRelease().writeFolder(join(folder.path, '1.0')));
    before = await servedState(app);
  });

  const writeNext = (): Promise<string> => new SmallRelease({ edition: 1 }).writeFolder(join(folder.path, '2.0'));

  /** Runs of version 2.0, in no order. */
  const nextRuns = (): Promise<Run[]> =>
    app.query<Run>(
      `SELECT i.id, j.state, j.error_detail AS error, i.release_id FROM ingestions i JOIN jobs j ON j.id = i.id
        WHERE i.origin = '2.0'`,
    );

  /** What every interrupted ingestion must leave behind. */
  const expectOldReleaseAlone = async (): Promise<void> => {
    expect(await servedState(app)).toEqual(before);
    expect(await rowsOfOtherReleases(app)).toBe(0);
    expect(await app.releases()).toMatchObject([{ version: '1.0', status: 'ready', active: true }]);
  };

  /** The next ingestion of the same release works, and clears away whatever is left. */
  const expectNextIngestionToWork = async (): Promise<void> => {
    const report = await app.ingest(join(folder.path, '2.0'));
    expect(report).toMatchObject({ activated: true, rejections: [], rated: 10 });
    expect(await app.releases()).toMatchObject([
      { id: report.releaseId, version: '2.0', status: 'ready', active: true },
      { version: '1.0', status: 'retired', active: false },
    ]);
    const [active] = await app.query(
      `SELECT id FROM jobs WHERE state = 'active' UNION ALL
       SELECT version FROM releases WHERE status IN ('loading', 'failed')`,
    );
    expect(active).toBeUndefined();
    expect((await app.served()).release.version).toBe('2.0');
  };

  describe.each<IngestionStage>(['landing', 'normalising'])('aborted while %s', (stage) => {
    test('fails with the reason of the abort, is recorded as cancelled and leaves the old release alone', async () => {
      const abort = new AbortController();
      const path = await writeNext();

      const ingesting = app.ingest(
        path,
        {},
        {
          signal: abort.signal,
          onProgress: (progress) => {
            if (progress.stage === stage) abort.abort(new Error('Cancelled by the admin'));
          },
        },
      );

      await expect(ingesting).rejects.toThrow('Cancelled by the admin');
      expect(await nextRuns()).toMatchObject([{ state: 'cancelled', error: null, release_id: null }]);
      await expectOldReleaseAlone();
      await expectNextIngestionToWork();
    });
  });

  test('aborted before it begins changes nothing', async () => {
    const path = await writeNext();

    const ingesting = app.ingest(path, {}, { signal: AbortSignal.abort(new Error('Cancelled by the admin')) });

    await expect(ingesting).rejects.toThrow('Cancelled by the admin');
    await expectOldReleaseAlone();
  });

  test('aborted after its release is in service is done all the same', async () => {
    const abort = new AbortController();
    const path = await writeNext();

    const report = await app.ingest(
      path,
      {},
      {
        signal: abort.signal,
        onProgress: (progress) => {
          if (progress.stage === 'activating') abort.abort(new Error('Cancelled by the admin'));
        },
      },
    );

    expect(report.activated).toBe(true);
    expect((await app.served()).release.version).toBe('2.0');
  });

  test.each<IngestionStage>(['landing', 'normalising', 'activating'])(
    'whose process is killed while %s leaves the old release alone, and the next one clears up behind it',
    async (stage) => {
      const running = processes.start('ingest-and-die', url, await writeNext(), stage);
      const ending = await running.end();

      const [left] = await nextRuns();
      expect([ending, left?.state]).toEqual(['SIGKILL', 'active']);
      expect(await servedState(app)).toEqual(before);
      await expectNextIngestionToWork();
      expect((await nextRuns()).find(({ id }) => id === left?.id)).toEqual({
        id: left?.id,
        state: 'failed',
        error: 'The process that ran it ended before it was done.',
        release_id: null,
      });
    },
  );

  test('whose rows were left half loaded by a dead process is given up and purged by the next one', async () => {
    const release = before.snapshot.release.id + 100;
    await app.unitOfWork.run(async (manager) => {
      await manager.query(
        `INSERT INTO jobs (id, type, queue, place, payload, state, attempt, failures, handover, lease_until,
                           cancel_requested, requested_by, created_at)
         VALUES ('dead', 'import-release', 'ingestion', 'inline', '{}', 'active', 1, 0, 0, 1, 0, 'x', '2026-01-01')`,
      );
      await manager.query(
        `INSERT INTO releases (id, version, label, source, status, job_id, attempt)
         VALUES (?, '2.0', 'half', 'text', 'loading', 'dead', 1)`,
        [release],
      );
      await manager.query(
        `INSERT INTO ingestions (id, kind, source, origin, release_id, counts)
         VALUES ('dead', 'release', 'text', '2.0', ?, '{}')`,
        [release],
      );
      // the lease is long over; whoever asks for the next job notices
      await manager.query(`UPDATE jobs SET subject = 'release 2.0', active_key = 'release 2.0' WHERE id = 'dead'`);
      await manager.query(
        `INSERT INTO occupations (release_id, onetsoc_code, title, description)
         SELECT ?, onetsoc_code, title, description FROM occupations`,
        [release],
      );
    });
    await writeNext();

    await expectNextIngestionToWork();

    expect(await app.count('occupations', 'release_id = ?', [release])).toBe(0);
    expect(await nextRuns()).toContainEqual(
      expect.objectContaining({ id: 'dead', state: 'failed', release_id: null }) as Run,
    );
  });

  test('is refused while another process runs one, which is not disturbed', async () => {
    const other = await apps.open(url);
    const path = await writeNext();
    const normalization = app.get(NormalizationService);
    const normalise = normalization.normalise.bind(normalization);
    let refusal: unknown;
    jest.spyOn(normalization, 'normalise').mockImplementationOnce(async (...args) => {
      refusal = await other.ingest(path).catch((error: unknown) => error);
      return normalise(...args);
    });

    const report = await app.ingest(path);

    expect(refusal).toMatchObject({
      code: 'CONFLICT',
      message: `This release is being ingested already, by job ${report.ingestionId}.`,
      jobId: report.ingestionId,
    });
    expect(report.activated).toBe(true);
    expect(await nextRuns()).toMatchObject([{ id: report.ingestionId, state: 'completed' }]);
  });

  test('is refused while the same process runs one', async () => {
    const path = await writeNext();

    const [first, second] = await Promise.allSettled([app.ingest(path), app.ingest(path)]);

    expect([first.status, second.status].toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(first.status === 'rejected' ? first.reason : (second as PromiseRejectedResult).reason).toMatchObject({
      code: 'CONFLICT',
    });
    expect(await nextRuns()).toMatchObject([{ state: 'completed' }]);
  });

  /** What another process does that takes the job over. */
  const takeOver = async (): Promise<void> => {
    await app.unitOfWork.run((manager) =>
      manager.query("UPDATE jobs SET attempt = attempt + 1, owner = 'another' WHERE state = 'active'"),
    );
    await app.retention.giveUpLeftovers();
  };

  test('that another process took over cannot put its release into service', async () => {
    const path = await writeNext();
    const activation = app.get(ActivationService);
    const finishLoading = activation.finishLoading.bind(activation);
    jest.spyOn(activation, 'finishLoading').mockImplementationOnce(async (...args) => {
      await takeOver();
      return finishLoading(...args);
    });

    const ingesting = app.ingest(path, { activateAnyway: true });

    await expect(ingesting).rejects.toBeInstanceOf(JobLostError);
    // the job is the other process's affair now
    expect(await nextRuns()).toMatchObject([{ state: 'active', error: null }]);
    await expectOldReleaseAlone();
  });

  test.each(['landing', 'normalising'])(
    'that another process took over while %s writes nothing more',
    async (stage) => {
      const path = await writeNext();
      const taken = new Gate();

      const ingesting = app.ingest(
        path,
        {},
        {
          onProgress: (progress) => {
            if (progress.stage !== stage) return;
            void takeOver().then(taken.open);
          },
        },
      );

      await expect(ingesting).rejects.toBeInstanceOf(JobLostError);
      await taken.opened;
      expect(await nextRuns()).toMatchObject([{ state: 'active', error: null }]);
      await app.retention.purge();
      await expectOldReleaseAlone();
    },
  );

  test('that was cancelled at the last moment is not put into service', async () => {
    const path = await writeNext();
    const activation = app.get(ActivationService);
    const finishLoading = activation.finishLoading.bind(activation);
    jest.spyOn(activation, 'finishLoading').mockImplementationOnce(async (...args) => {
      await app.unitOfWork.run((manager) =>
        manager.query("UPDATE jobs SET cancel_requested = 1 WHERE state = 'active'"),
      );
      return finishLoading(...args);
    });

    await expect(app.ingest(path)).rejects.toBeInstanceOf(JobCancelledError);

    expect(await nextRuns()).toMatchObject([{ state: 'cancelled', error: null, release_id: null }]);
    await expectOldReleaseAlone();
    await expectNextIngestionToWork();
  });

  test('that fails in its last step, the activation, leaves the old release alone', async () => {
    const path = await writeNext();
    jest.spyOn(app.get(ActivationService), 'finishLoading').mockRejectedValueOnce(new Error('out of luck'));

    await expect(app.ingest(path)).rejects.toThrow('out of luck');

    expect(await nextRuns()).toMatchObject([
      {
        state: 'failed',
        error: 'The job failed for a reason that is not its own; the log has it.',
        release_id: null,
      },
    ]);
    await expectOldReleaseAlone();
    await expectNextIngestionToWork();
  });

  test('that cannot delete old releases is done all the same, and the next one deletes them', async () => {
    const ingest = async (edition: number): Promise<boolean> => {
      const path = await new SmallRelease({ edition }).writeFolder(join(folder.path, `${edition}.0`));
      return (await app.ingest(path)).activated;
    };
    await ingest(2);
    await ingest(3);
    jest.spyOn(app.retention, 'purge').mockRejectedValueOnce(new Error('out of luck'));

    const activated = await ingest(4);

    expect(activated).toBe(true);
    expect((await app.served()).release.version).toBe('4.0');
    expect(await app.releases()).toHaveLength(4);
    await ingest(5);
    expect(await app.releases()).toMatchObject([{ version: '5.0' }, { version: '4.0' }, { version: '3.0' }]);
  });
});
