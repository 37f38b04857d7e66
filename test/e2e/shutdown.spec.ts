import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { describeOnEveryServer } from '../support/databases';
import { eventually } from '../support/e2e/eventually';
import { HalfSentRequest } from '../support/e2e/half-sent-request';
import type { Answer } from '../support/e2e/http';
import { problemOf } from '../support/e2e/problems';
import { useProcesses, type ServingApi } from '../support/e2e/processes';
import { SmallRelease } from '../support/release-folder';

const GAP = '/api/v1/skill-gap?from=11-1011.00&to=11-3013.00';
/** Long enough for what a signal starts to begin. */
const A_MOMENT_MS = 200;
/** What platforms allow, less some reserve. */
const ENDS_WITHIN_MS = 9500;
/** On a busy machine. */
const BEGINS_WITHIN_MS = 20_000;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** Whether any process of the group is left. */
function isGroupAlive(groupId: number): boolean {
  try {
    process.kill(-groupId, 0);
    return true;
  } catch {
    return false;
  }
}

/** Sends the first half of a request, and waits until the api knows of it. */
async function begin(api: ServingApi, path: string): Promise<HalfSentRequest> {
  const request = await HalfSentRequest.send(api.url, path);
  // connections are taken in the order in which they come
  await api.client.get('/health');
  await sleep(A_MOMENT_MS);
  return request;
}

/** Tells the api to end, and waits until it has begun to. */
async function tellToEnd({ process: api }: ServingApi, signal: NodeJS.Signals): Promise<void> {
  api.send(signal);
  await api.shows(new RegExp(`${signal}: finishing what is under way`));
  await sleep(A_MOMENT_MS);
}

describe.each(SIGNALS)('On %s the api', (signal) => {
  const processes = useProcesses();

  test('ends at once with code 0 where nothing is under way, and leaves no process behind', async () => {
    const api = await processes.startApi({ ownGroup: true });

    await tellToEnd(api, signal);
    const ending = await api.process.end(ENDS_WITHIN_MS);

    expect([ending.code, ending.signal, ending.stderr]).toEqual([0, null, '']);
    expect(isGroupAlive(api.process.pid)).toBe(false);
    await expect(api.client.get('/health')).rejects.toThrow('ECONNREFUSED');
  });

  test('answers a request that has begun, then ends with code 0', async () => {
    const api = await processes.startApi();
    const request = await begin(api, GAP);

    await tellToEnd(api, signal);
    const endedBefore = api.process.hasEnded;
    const answer = await request.complete();
    const ending = await api.process.end(ENDS_WITHIN_MS);

    expect(endedBefore).toBe(false);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain('"skill_gaps":["Installation","Equipment Maintenance","Repairing"]');
    expect([ending.code, ending.signal]).toEqual([0, null]);
  });
});

describe('While it ends, the api', () => {
  const processes = useProcesses();

  test('takes no new connections, and says on the old ones that it is not ready', async () => {
    const api = await processes.startApi();
    const request = await begin(api, '/health/ready');

    await tellToEnd(api, 'SIGTERM');

    await expect(api.client.get('/health')).rejects.toThrow('ECONNREFUSED');
    const answer = await request.complete();
    expect(answer).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
    expect(answer).toMatch(/\r\nretry-after: \d+\r\n/i);
    expect(answer).toContain('"code":"NOT_READY"');
    expect((await api.process.end(ENDS_WITHIN_MS)).code).toBe(0);
  });

  test('does not wait for ever for a client that never sends the rest of its request', async () => {
    const api = await processes.startApi();
    await begin(api, GAP);

    await tellToEnd(api, 'SIGTERM');
    const ending = await api.process.end(ENDS_WITHIN_MS);

    expect([ending.code, ending.signal]).toEqual([1, null]);
    expect(ending.stdout).toContain('Not done in time; ending all the same');
  });

  test('gives up a first load that is under way, and the next start begins anew', async () => {
    const folder = await processes.folder();
    const release = await new SmallRelease({ rated: 2000 }).writeFolder(join(folder, 'db_30_1_text'));
    const options = { folder, environment: { ONET_DATA_DIR: release } };
    const lock = join(folder, '.data', 'onet.sqlite-first-load.lock');

    const first = await processes.launchApi(options);
    await eventually('the load has begun', () => Promise.resolve(existsSync(lock)), BEGINS_WITHIN_MS);
    first.send('SIGTERM');
    const ending = await first.end(ENDS_WITHIN_MS);
    const second = await processes.startApi(options);

    expect(ending.signal).toBeNull();
    expect(ending.stdout).not.toContain('Loaded O*NET release');
    expect(ending.stdout + ending.stderr).not.toMatch(/^\s+at /m);
    const { items } = (await second.client.get('/api/v1/releases')).json() as { items: { status: string }[] };
    expect(items.map(({ status }) => status)).toEqual(['ready']);
  });
});

describe('With SHUTDOWN_DELAY_MS the api', () => {
  const DELAY_MS = 2000;
  const processes = useProcesses();

  test('goes on answering for so long while it says that it is not ready, and then ends with code 0', async () => {
    const api = await processes.startApi({ environment: { SHUTDOWN_DELAY_MS: String(DELAY_MS) } });
    await api.client.contract();

    const told = performance.now();
    api.process.send('SIGTERM');
    await api.process.shows(/SIGTERM: finishing what is under way/);
    const readiness = await api.client.get('/health/ready');
    const answers: Answer[] = [];
    while (performance.now() - told < DELAY_MS - A_MOMENT_MS) answers.push(await api.client.get(GAP));
    const ending = await api.process.end(ENDS_WITHIN_MS);

    expect(problemOf(readiness)).toMatchObject({ status: 503, code: 'NOT_READY' });
    expect(answers.length).toBeGreaterThan(5);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    // so that the next request goes elsewhere
    expect(new Set(answers.map((answer) => answer.header('connection')))).toEqual(new Set(['close']));
    expect(performance.now() - told).toBeGreaterThanOrEqual(DELAY_MS);
    expect([ending.code, ending.signal]).toEqual([0, null]);
    await expect(api.client.get('/health')).rejects.toThrow('ECONNREFUSED');
  });

  test('answers what was begun meanwhile', async () => {
    const api = await processes.startApi({ environment: { SHUTDOWN_DELAY_MS: String(DELAY_MS) } });

    await tellToEnd(api, 'SIGTERM');
    const request = await begin(api, GAP);
    await sleep(DELAY_MS);
    const answer = await request.complete();

    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect((await api.process.end(ENDS_WITHIN_MS)).code).toBe(0);
  });
});

/** Whether somebody waits for what this connection has locked. */
async function isWaitedFor(connection: Connection): Promise<boolean> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT 1 FROM information_schema.processlist WHERE db = DATABASE() AND state LIKE 'Waiting for table%'`,
  );
  return rows.length > 0;
}

describeOnEveryServer('On SIGTERM while the database takes its time, the api', (database) => {
  const processes = useProcesses();

  test('still answers what was asked before', async () => {
    const databaseUrl = await database.create();
    const api = await processes.startApi({ databaseUrl });
    const connection = await createConnection({ uri: databaseUrl });
    try {
      await connection.query('LOCK TABLES releases WRITE');
      const asked = api.client.get('/api/v1/releases');
      // told below; until then nobody would be listening
      asked.catch(() => undefined);
      await eventually('the api waits for the table', () => isWaitedFor(connection), BEGINS_WITHIN_MS);

      await tellToEnd(api, 'SIGTERM');
      const endedBefore = api.process.hasEnded;
      await connection.query('UNLOCK TABLES');
      const answer = await asked;
      const ending = await api.process.end(ENDS_WITHIN_MS);

      expect(endedBefore).toBe(false);
      expect(answer.status).toBe(200);
      expect([ending.code, ending.signal]).toEqual([0, null]);
    } finally {
      connection.destroy();
    }
  });
});
