import { join } from 'node:path';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeOnEveryDatabase, describeOnEveryServer } from '../support/databases';
import { AdminClient } from '../support/e2e/admin-client';
import { EventStream, parseEvents } from '../support/e2e/event-stream';
import { eventually } from '../support/e2e/eventually';
import { gistOf } from '../support/e2e/problems';
import { ADMIN_KEY, type ServingApi, useProcesses } from '../support/e2e/processes';
import { describeWithRedis, useRedis } from '../support/redis';
import { SmallRelease } from '../support/release-folder';

const UNKNOWN_ID = '3f0c8a52-6f0e-4d4e-9d0a-2b8f6c1d7e91';
/** Enough lines that the ingestion takes some seconds, in which it tells how far it is; not all are of use. */
const VERY_MANY = 16_000;
const ENDS_WITHIN_MS = 9500;
const TOLD_WITHIN_MS = 5000;
/** Several looks of the process at the ledger. */
const SOME_LOOKS_MS = 1500;

describeOnEveryDatabase('The events of a job', (database) => {
  const processes = useProcesses('block');
  let root: string;
  let api: ServingApi;
  let admin: AdminClient;

  beforeAll(async () => {
    root = join(await processes.folder(), 'releases');
    const first = await new SmallRelease().writeFolder(join(root, '30.1'));
    await new SmallRelease({ rated: VERY_MANY, edition: 1 }).writeFolder(join(root, 'big'));
    const environment = { ADMIN_API_KEYS: ADMIN_KEY, ONET_DATA_ROOT: root, ONET_DATA_DIR: first };
    api = await processes.startApi({ databaseUrl: await database.create(), environment });
    admin = new AdminClient(api.client);
  });

  /** Waits until a stream has said something. */
  async function said(stream: EventStream, pattern: RegExp): Promise<void> {
    await eventually(
      `the stream says ${String(pattern)}`,
      () => Promise.resolve(pattern.test(stream.text)),
      TOLD_WITHIN_MS,
    );
  }

  test('begin with what is, tell every change, and end with the job', async () => {
    const id = await admin.ingest({ source: 'directory', path: 'big', release: '60.1' });
    const before = await admin.begun(id);

    const answer = await api.client.get(`/api/v1/jobs/${id}/events`);

    const events = parseEvents(answer.body);
    const jobs = events.map(({ job }) => job);
    expect([answer.status, answer.mediaType]).toEqual([200, 'text/event-stream']);
    expect([answer.header('cache-control'), answer.header('x-accel-buffering')]).toEqual(['no-store', 'no']);
    expect(events.every(({ event }) => event === 'job')).toBe(true);
    expect(events.map((event) => event.id)).toEqual(jobs.map(({ state, attempt }) => `${state}-${attempt}`));
    expect(jobs[0]).toMatchObject({ id, state: 'active', attempt: 1, started_at: before.started_at });
    expect(jobs.length).toBeGreaterThanOrEqual(3);
    // every one is news
    expect(new Set(jobs.map((job) => JSON.stringify(job))).size).toBe(jobs.length);
    expect(jobs.slice(0, -1).every(({ state }) => state === 'active')).toBe(true);
    expect(jobs.at(-1)).toEqual(await admin.job(id));
    expect(jobs.at(-1)?.state).toBe('completed');
    // what follows is not to be measured by it
    await admin.ended(await admin.ingest({ source: 'directory', path: '30.1', activate_anyway: true }));
  });

  test('are the end alone where the job is over', async () => {
    const id = await admin.ingest({ source: 'directory', path: '30.1', release: '60.2' });
    const ended = await admin.ended(id);

    const { body } = await api.client.get(`/api/v1/jobs/${id}/events`);

    expect(parseEvents(body)).toEqual([{ event: 'job', id: 'completed-1', job: ended }]);
  });

  test('are none for a client that has seen the end, which ends its reconnecting', async () => {
    const id = await admin.ingest({ source: 'directory', path: '30.1', release: '60.3' });
    await admin.ended(id);
    const path = `/api/v1/jobs/${id}/events`;
    const last = parseEvents((await api.client.get(path)).body).at(-1);

    const seen = await api.client.get(path, { 'last-event-id': last?.id ?? '' });
    const unseen = await api.client.get(path, { 'last-event-id': 'active-1' });

    expect([seen.status, seen.body]).toEqual([204, '']);
    expect([unseen.status, parseEvents(unseen.body).length]).toEqual([200, 1]);
  });

  test('tell followers apart: one that leaves takes nothing from the others, and the job goes on', async () => {
    const id = await admin.ingest({ source: 'directory', path: 'big', release: '60.4' });
    const [staying, leaving] = await Promise.all(
      [1, 2].map(() => EventStream.open(`${api.url}/api/v1/jobs/${id}/events`)),
    );
    if (staying === undefined || leaving === undefined) throw new Error('Both streams are open by now');

    await said(leaving, /"state":"(queued|active)"/);
    leaving.close();
    await admin.begun(id);
    await admin.post(`/jobs/${id}/cancel`);
    await staying.ended;

    expect(parseEvents(staying.text).at(-1)?.job).toMatchObject({ id, state: 'cancelled' });
    expect((await api.client.get('/health')).status).toBe(200);
    expect(api.process.stdout + api.process.stderr).not.toMatch(/ERROR|^\s+at /m);
  });

  test.each([
    [`/api/v1/jobs/${UNKNOWN_ID}/events`, '404 NOT_FOUND'],
    [`/api/v1/jobs/${UNKNOWN_ID}`, '404 NOT_FOUND'],
    ['/api/v1/jobs/7/events', '400 VALIDATION_FAILED id'],
    ['/api/v1/jobs/7', '400 VALIDATION_FAILED id'],
    [`/api/v1/jobs/${UNKNOWN_ID}/events?from=1`, '400 VALIDATION_FAILED from'],
    [`/api/v1/jobs/${UNKNOWN_ID}?payload=1`, '400 VALIDATION_FAILED payload'],
  ])('are refused as a problem: %s', async (path, gist) => {
    expect(gistOf(await api.client.get(path, { accept: 'text/event-stream' }))).toBe(gist);
  });
});

describeWithRedis('While a job waits for a worker', () => {
  describeOnEveryServer('its events', (database) => {
    const processes = useProcesses();
    const redis = useRedis();

    /** An api with a job that nobody runs. */
    async function waitingJob(): Promise<{ api: ServingApi; admin: AdminClient; id: string; databaseUrl: string }> {
      const root = await processes.folder();
      const first = await new SmallRelease().writeFolder(join(root, '30.1'));
      const databaseUrl = await database.create();
      const { url } = await redis.start();
      const environment = { REDIS_URL: url, ONET_DATA_ROOT: root, ONET_DATA_DIR: first };
      const api = await processes.startApi({ databaseUrl, environment });
      const admin = new AdminClient(api.client);
      return { api, admin, databaseUrl, id: await admin.ingest({ source: 'directory', path: '30.1' }) };
    }

    test('say so once, and no more until there is news', async () => {
      const { api, admin, id } = await waitingJob();
      const stream = await EventStream.open(`${api.url}/api/v1/jobs/${id}/events`);

      await sleep(SOME_LOOKS_MS);
      const meanwhile = parseEvents(stream.text);
      await admin.post(`/jobs/${id}/cancel`);
      await stream.ended;

      expect(meanwhile.map((event) => event.id)).toEqual(['queued-0']);
      expect(parseEvents(stream.text).map((event) => event.id)).toEqual(['queued-0', 'cancelled-0']);
    });

    test('end with the api when that is told to end, which it does with code 0', async () => {
      const { api, id } = await waitingJob();
      const streams = await Promise.all([1, 2, 3].map(() => EventStream.open(`${api.url}/api/v1/jobs/${id}/events`)));

      const told = Date.now();
      api.process.send('SIGTERM');
      await Promise.all(streams.map((stream) => stream.ended));
      const ending = await api.process.end(ENDS_WITHIN_MS);

      expect([ending.code, ending.signal, ending.stderr]).toEqual([0, null, '']);
      // there is nothing to be finished
      expect(Date.now() - told).toBeLessThan(3000);
      expect(streams.map(({ text }) => parseEvents(text).map((event) => event.id))).toEqual(
        streams.map(() => ['queued-0']),
      );
    });

    test('end where the job is forgotten meanwhile', async () => {
      const { api, id, databaseUrl } = await waitingJob();
      const stream = await EventStream.open(`${api.url}/api/v1/jobs/${id}/events`);
      const connection = await createConnection({ uri: databaseUrl });
      try {
        await connection.query<RowDataPacket[]>('DELETE FROM ingestions WHERE id = ?', [id]);
        await connection.query<RowDataPacket[]>('DELETE FROM jobs WHERE id = ?', [id]);
      } finally {
        await connection.end();
      }

      await stream.ended;

      expect(gistOf(await api.client.get(`/api/v1/jobs/${id}/events`))).toBe('404 NOT_FOUND');
    });
  });
});
