import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '@app/config';
import { IngestionHistoryService, IngestionRequestsService } from '@app/ingestion';
import { JobRunner, JobSchedules } from '@app/jobs';
import { describeOnEveryDatabase } from '../support/databases';
import { useIngestionApps, type IngestionApp } from '../support/ingestion-app';
import { SKILL_FILE, SmallRelease } from '../support/release-folder';
import { useTemporaryFolder } from '../support/temporary-folder';

const SCHEDULE = 'scheduled-ingestion';
const MONDAY = new Date('2026-11-23T04:00:00.000Z');
const NEXT_MONDAY = new Date('2026-11-30T04:00:00.000Z');

interface AskedJob {
  readonly id: string;
  readonly state: string;
  readonly result: string | null;
  readonly requested_by: string;
}

describeOnEveryDatabase('A scheduled ingestion', (database) => {
  const folder = useTemporaryFolder();
  const apps = useIngestionApps();
  let url: string;
  let environment: Environment;
  let app: IngestionApp;
  let place: string;

  beforeEach(async () => {
    environment = {
      ONET_DATA_ROOT: folder.path,
      INGESTION_CRON: '0 4 * * 1',
      INGESTION_CRON_SOURCE: 'directory:current',
    };
    url = await database.create();
    app = await apps.open(url, environment);
    place = await new SmallRelease().writeFolder(join(folder.path, 'current'));
  });

  const scheduledJobs = (): Promise<AskedJob[]> =>
    app.query<AskedJob>(
      `SELECT id, state, result, requested_by FROM jobs WHERE requested_by = 'schedule' ORDER BY created_at, id`,
    );

  /** Lets the schedule ask for a job at that time, and runs it; returns the job as it ended. */
  const tick = async (time: Date): Promise<AskedJob> => {
    await app.get(JobSchedules).tick(SCHEDULE, time);
    const asked = (await scheduledJobs()).find(({ state }) => state === 'queued');
    if (asked === undefined) throw new Error('The schedule asked for no job');
    await app.get(JobRunner).run(asked.id);
    const ended = (await scheduledJobs()).find(({ id }) => id === asked.id);
    if (ended === undefined) throw new Error('The job is gone');
    return ended;
  };

  test('is kept as the configuration says', () => {
    expect(app.get(JobSchedules).all()).toContainEqual(
      expect.objectContaining({ name: SCHEDULE, queue: 'ingestion', cron: '0 4 * * 1' }),
    );
  });

  test('loads what is there, and serves it', async () => {
    const job = await tick(MONDAY);

    expect(job).toMatchObject({ state: 'completed', result: expect.stringContaining('"outcome":"loaded"') as string });
    expect((await app.served()).release.label).toBe('text release from current');
  });

  test('is skipped, and says so, where what is served was made of the same bytes', async () => {
    await tick(MONDAY);
    const before = await app.releases();
    const { revision } = await app.served();

    const job = await tick(NEXT_MONDAY);

    expect(job).toMatchObject({ state: 'completed', result: `{"outcome":"unchanged","releaseId":${before[0]?.id}}` });
    const { ingestion } = await app.get(IngestionHistoryService).get(job.id);
    expect(ingestion.error).toBe('Not loaded: the active release was made of the same bytes.');
    expect(await app.releases()).toEqual(before);
    expect((await app.served()).revision).toBe(revision);
  });

  test('is skipped where what is served was ingested by hand from another place', async () => {
    await app.ingest(await new SmallRelease().writeFolder(join(folder.path, '1.0')));

    const job = await tick(MONDAY);

    expect(job.result).toContain('"outcome":"unchanged"');
  });

  test('loads what differs by a byte', async () => {
    await tick(MONDAY);
    await appendFile(join(place, SKILL_FILE), '\n');

    const job = await tick(NEXT_MONDAY);

    expect(job.result).toContain('"outcome":"loaded"');
    expect(await app.releases()).toHaveLength(2);
  });

  test('loads what was served before, where something else is served now', async () => {
    await tick(MONDAY);
    await app.ingest(await new SmallRelease({ edition: 1 }).writeFolder(join(folder.path, '2.0')));

    const job = await tick(NEXT_MONDAY);

    expect(job.result).toContain('"outcome":"loaded"');
    expect((await app.served()).release.label).toBe('text release from current');
  });

  test('that two processes ask for at one tick is one, though one of them be late', async () => {
    const other = await apps.open(url, environment);
    await tick(MONDAY);

    await other.get(JobSchedules).tick(SCHEDULE, new Date(MONDAY.getTime() + 1500));

    expect(await scheduledJobs()).toHaveLength(1);
  });

  test('is not asked for where somebody is at the same already', async () => {
    const requests = app.get(IngestionRequestsService);
    await requests.request({ source: 'directory', path: 'current' }, { requestedBy: 'an admin' });

    await app.get(JobSchedules).tick(SCHEDULE, MONDAY);

    expect(await scheduledJobs()).toEqual([]);
  });

  test('is not asked for where none is configured', async () => {
    const other = await apps.open(url, { ONET_DATA_ROOT: folder.path });

    await other.get(JobSchedules).tick(SCHEDULE, MONDAY);

    expect(other.get(JobSchedules).all()).toContainEqual(expect.objectContaining({ name: SCHEDULE, cron: null }));
    expect(await scheduledJobs()).toEqual([]);
  });

  test('that is gone from its folder fails, and what is served stays', async () => {
    await tick(MONDAY);
    const other = await apps.open(url, { ...environment, INGESTION_CRON_SOURCE: 'directory:gone' });
    await other.get(JobSchedules).tick(SCHEDULE, NEXT_MONDAY);
    const asked = (await scheduledJobs()).find(({ state }) => state === 'queued');

    await other.get(JobRunner).run(asked?.id ?? '');

    expect(await scheduledJobs()).toContainEqual(expect.objectContaining({ id: asked?.id, state: 'failed' }));
    expect((await app.served()).release.label).toBe('text release from current');
  });
});
