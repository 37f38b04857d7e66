import { mkdir, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { AppError, OperatorError } from '@app/common';
import type { Job } from '@app/database';
import { IngestionHistoryService, IngestionRequestsService, type ImportReleasePayload } from '@app/ingestion';
import { JobsService } from '@app/jobs';
import { ReleaseUnusableError } from '../../libs/normalization/src/release-unusable-error';
import { describeOnEveryDatabase } from '../support/databases';
import { useIngestionApps, type IngestionApp } from '../support/ingestion-app';
import { useTemporaryFolder } from '../support/temporary-folder';
import { rejectionOf } from '../support/thrown-by';

const REQUESTER = { requestedBy: 'a test' };

describeOnEveryDatabase('A request for an ingestion', (database) => {
  const folder = useTemporaryFolder();
  const apps = useIngestionApps();
  let url: string;
  let app: IngestionApp;

  beforeAll(async () => {
    url = await database.create();
  });

  beforeEach(async () => {
    for (const place of ['30.1', 'sets/30.1', 'sets/mine', 'mine']) {
      await mkdir(join(folder.path, place), { recursive: true });
    }
    app = await apps.open(url, { ONET_DATA_ROOT: folder.path });
    await app.unitOfWork.run(async (manager) => {
      await manager.query('DELETE FROM ingestions');
      await manager.query('DELETE FROM jobs');
    });
  });

  const request = (payload: ImportReleasePayload, by = app): Promise<Job> =>
    by.get(IngestionRequestsService).request(payload, REQUESTER);

  const path = (name: string, release?: string): ImportReleasePayload => ({
    source: 'path',
    path: join(folder.path, name),
    release,
  });
  const directory = (name: string, release?: string): ImportReleasePayload => ({
    source: 'directory',
    path: name,
    release,
  });
  const download = (release: string): ImportReleasePayload => ({ source: 'download', release });

  test('is a job, and an ingestion with the same id', async () => {
    const job = await request(directory('sets/30.1'));

    const recorded = await app.get(IngestionHistoryService).get(job.id);
    expect(recorded.job).toMatchObject({ type: 'import-release', state: 'queued', requestedBy: 'a test' });
    expect(recorded.ingestion).toMatchObject({ kind: 'release', origin: '30.1', counts: {}, attempt: 1 });
  });

  test.each<[string, () => ImportReleasePayload, () => ImportReleasePayload]>([
    ['the same download', () => download('30.1'), () => download('30.1')],
    ['a folder and a download of one version', () => directory('30.1'), () => download('30.1')],
    ['two folders that are named after one version', () => directory('30.1'), () => directory('sets/30.1')],
    ['a folder below the root and one anywhere', () => directory('30.1'), () => path('30.1')],
    ['a folder and an archive of one version', () => path('30.1'), () => path('db_30_1_text.zip')],
    ['a folder that is said to be a version', () => directory('mine', '30.1'), () => download('30.1')],
    ['one folder without a version', () => directory('mine'), () => directory('mine')],
    ['one folder without a version, written otherwise', () => directory('sets/mine'), () => directory('./sets//mine/')],
    [
      'one path without a version, written otherwise',
      () => path('mine'),
      () => ({
        source: 'path',
        path: relative(process.cwd(), join(folder.path, 'mine')),
      }),
    ],
  ])('is refused while the same release is being ingested: %s', async (_, first, second) => {
    const { id } = await request(first());

    const refusal = await rejectionOf(request(second()));

    expect(refusal).toBeInstanceOf(AppError);
    expect(refusal).toMatchObject({
      code: 'CONFLICT',
      detail: `This release is being ingested already, by job ${id}.`,
      jobId: id,
    });
  });

  test.each<[string, () => ImportReleasePayload, () => ImportReleasePayload]>([
    ['another version', () => download('30.1'), () => download('30.2')],
    ['a folder that is said to be another version', () => directory('30.1'), () => directory('30.1', '30.2')],
    ['another folder without a version', () => directory('mine'), () => directory('sets/mine')],
  ])('is taken while %s is being ingested', async (_, first, second) => {
    const one = await request(first());

    const other = await request(second());

    expect(other.id).not.toBe(one.id);
  });

  test('is taken once the one before is over', async () => {
    const first = await request(download('30.1'));
    await app.get(JobsService).cancel(first.id);

    const second = await request(download('30.1'));

    expect(second.id).not.toBe(first.id);
  });

  test('that comes twice at the same moment is taken once', async () => {
    const other = await apps.open(url, { ONET_DATA_ROOT: folder.path });

    const [first, second] = await Promise.allSettled([request(download('30.1')), request(download('30.1'), other)]);

    expect([first.status, second.status].toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await app.count('jobs')).toBe(1);
    expect(await app.count('ingestions')).toBe(1);
  });

  test.each<[string, () => ImportReleasePayload, new (...args: never[]) => Error]>([
    ['a download of what is no published version', () => download('30'), OperatorError],
    ['a version that is none', () => path('mine', 'the latest!'), ReleaseUnusableError],
    ['a folder that is not there', () => directory('40.9'), AppError],
    ['a folder outside of the root', () => directory('../outside'), AppError],
  ])('for %s is refused, and nothing is written down', async (_, payload, error) => {
    expect(await rejectionOf(request(payload()))).toBeInstanceOf(error);
    expect(await app.count('jobs')).toBe(0);
  });

  test('for a folder behind a link that leads out of the root is refused', async () => {
    await symlink('/', join(folder.path, 'link'));

    expect(await rejectionOf(request(directory('link')))).toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  test('for a folder is refused where the root is not set', async () => {
    const other = await apps.open(url);

    expect(await rejectionOf(request(directory('30.1'), other))).toMatchObject({
      code: 'VALIDATION_FAILED',
      errors: [{ pointer: '/source' }],
    });
  });
});
