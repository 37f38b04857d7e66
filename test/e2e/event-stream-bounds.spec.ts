import { join } from 'node:path';
import { AdminClient } from '../support/e2e/admin-client';
import { EventStream } from '../support/e2e/event-stream';
import { eventually } from '../support/e2e/eventually';
import { ADMIN_KEY, useProcesses, type ServingApi } from '../support/e2e/processes';
import { problemOf } from '../support/e2e/problems';
import { SmallRelease } from '../support/release-folder';

const OF_A_CLIENT = 20;
const KEY = 'the-key-of-another-client';
const NOTICED_WITHIN_MS = 5000;

describe('The streams of events that a client has open', () => {
  const processes = useProcesses();
  const streams: EventStream[] = [];
  afterEach(() => {
    for (const stream of streams.splice(0)) stream.close();
  });

  /** An api, and the path of the events of a job that goes on for as long as the test. */
  async function withLongJob(): Promise<{ api: ServingApi; path: string }> {
    const root = await processes.folder();
    await new SmallRelease({ rated: 20_000, edition: 1 }).writeFolder(join(root, '30.9'));
    const environment = { ADMIN_API_KEYS: ADMIN_KEY, API_KEYS: KEY, ONET_DATA_ROOT: root };
    const api = await processes.startApi({ environment });
    const id = await new AdminClient(api.client).ingest({ source: 'directory', path: '30.9' });
    return { api, path: `/api/v1/jobs/${id}/events` };
  }

  async function open({ url }: ServingApi, path: string): Promise<EventStream> {
    const stream = await EventStream.open(url + path);
    streams.push(stream);
    return stream;
  }

  test('are so many and no more, until one of them is closed', async () => {
    const { api, path } = await withLongJob();
    for (let one = 0; one < OF_A_CLIENT; one++) await open(api, path);

    const beyond = await api.client.get(path);
    const other = await EventStream.open(api.url + path, { 'x-api-key': KEY });
    streams.push(other);
    const heads = await api.client.send({ method: 'HEAD', path });
    streams[0]?.close();
    await eventually(
      'there is room for another stream',
      async () => (await open(api, path)).response.statusCode === 200,
      NOTICED_WITHIN_MS,
    );

    expect(problemOf(beyond)).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
    expect(Number(beyond.header('retry-after'))).toBeGreaterThan(0);
    expect(other.response.statusCode).toBe(200);
    expect(heads.status).toBe(429);
  });

  test('are not used up by those that have ended, nor by requests that want no body', async () => {
    const { api, path } = await withLongJob();

    for (let time = 0; time < OF_A_CLIENT + 5; time++) {
      expect((await api.client.send({ method: 'HEAD', path })).status).toBe(200);
    }
    for (let time = 0; time < OF_A_CLIENT + 5; time++) {
      const stream = await open(api, path);
      expect(stream.response.statusCode).toBe(200);
      stream.close();
    }
  });
});
