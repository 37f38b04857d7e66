import { join } from 'node:path';
import { describeOnEveryServer } from '../support/databases';
import { createDatabaseUser } from '../support/e2e/database-users';
import { eventually } from '../support/e2e/eventually';
import { useProcesses } from '../support/e2e/processes';
import { SmallRelease } from '../support/release-folder';

const GAP = '/api/v1/skill-gap?from=11-1011.00&to=11-3013.00';
const LOGGED_WITHIN_MS = 2000;

interface LogRecord {
  readonly level: number;
  readonly time: string;
  readonly msg: string;
  readonly request_id?: string;
  readonly method?: string;
  readonly url?: string;
  readonly status?: number;
  readonly duration_ms?: number;
}

function recordsOf(stdout: string): LogRecord[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LogRecord);
}

describe('With LOG_FORMAT=json the api', () => {
  const processes = useProcesses();

  test('writes one JSON object a line, from its start to its end', async () => {
    const api = await processes.startApi({ environment: { LOG_FORMAT: 'json', LOG_LEVEL: 'trace' } });
    await api.client.get(GAP);
    await api.client.get('/nothing');

    api.process.send('SIGTERM');
    const { stdout, stderr } = await api.process.end();

    const records = recordsOf(stdout);
    expect(stderr).toBe('');
    expect(records.length).toBeGreaterThan(5);
    for (const { level, time, msg } of records) {
      expect([typeof level, typeof msg]).toEqual(['number', 'string']);
      expect(Number.isNaN(Date.parse(time))).toBe(false);
    }
  });

  test('logs every request under the id that the client was given', async () => {
    const api = await processes.startApi({ environment: { LOG_FORMAT: 'json' } });
    const answers = [
      await api.client.get(GAP, { 'x-request-id': 'mine-1' }),
      await api.client.get('/api/v1/occupations/99-9999.99'),
      await api.client.get('/nothing'),
    ];
    const ids = answers.map((answer) => answer.header('x-request-id'));
    const logged = (): (LogRecord | undefined)[] =>
      ids.map((id) => recordsOf(api.process.stdout).find((record) => record.request_id === id));

    await eventually('all requests are logged', () => Promise.resolve(!logged().includes(undefined)), LOGGED_WITHIN_MS);

    expect(logged()).toEqual([
      expect.objectContaining({ request_id: 'mine-1', method: 'GET', url: GAP, status: 200 }),
      expect.objectContaining({ method: 'GET', url: '/api/v1/occupations/99-9999.99', status: 404 }),
      expect.objectContaining({ method: 'GET', url: '/nothing', status: 404 }),
    ]);
    for (const record of logged()) expect(record?.duration_ms).toBeGreaterThan(0);
  });

  test('prints no banner, but says in a record where it serves', async () => {
    const api = await processes.startApi({ environment: { LOG_FORMAT: 'json' } });

    expect(recordsOf(api.process.stdout).at(-1)).toMatchObject({
      msg: 'ready',
      docs: expect.stringMatching(/^http:\/\/localhost:\d+\/docs$/) as string,
      release: { version: '30.1' },
    });
  });
});

describe('The log', () => {
  const processes = useProcesses();

  test('shows requests as readable lines by default', async () => {
    const api = await processes.startApi();

    await api.client.get(GAP);

    await api.process.shows(/INFO: GET \/api\/v1\/skill-gap\?from=11-1011\.00&to=11-3013\.00 200 [\d.]+ ms$/m);
  });

  test('does not let a client write lines of its own into it', async () => {
    const api = await processes.startApi();

    await api.client.get('/nothing?a=%0AFAKE%20LINE', { 'user-agent': 'x' });
    await api.client.get('/api/v1/skills?%0AFAKE', { 'x-request-id': 'a b' });
    await api.client.get('/health');

    await api.process.shows(/GET \/health/);
    expect(api.process.stdout).not.toMatch(/^FAKE/m);
  });

  test('is silent at LOG_LEVEL=error while all is well', async () => {
    const api = await processes.startApi({ environment: { LOG_LEVEL: 'error' } });
    await api.client.get('/api/v1/skills?x=1');
    await api.client.get(GAP);

    api.process.send('SIGTERM');
    const { stdout, stderr } = await api.process.end();

    expect(stderr).toBe('');
    expect(stdout).not.toMatch(/INFO|WARN|ERROR/);
    expect(stdout).toContain('Swagger UI');
  });
});

describeOnEveryServer('The password of the database', (database) => {
  const processes = useProcesses();

  test('shows up nowhere, not even at LOG_LEVEL=trace', async () => {
    const user = await createDatabaseUser(await database.create());
    try {
      const { databaseUrl } = user;
      const environment = { LOG_LEVEL: 'trace', LOG_FORMAT: 'json' };
      const folder = await processes.folder();
      const release = await new SmallRelease().writeFolder(join(folder, 'db_30_2_text'));
      const api = await processes.startApi({ databaseUrl, environment });
      await api.client.get('/api/v1/releases');
      await api.client.get('/api/v1/releases?x=1');
      const cli = await processes.runCli(['ingest', '--from', release, '--activate-anyway'], {
        databaseUrl,
        environment,
      });
      await user.drop();
      const refused = await processes.launchApi({ databaseUrl, environment });
      const refusal = await refused.end();
      const refusedCli = await processes.runCli(['releases'], { databaseUrl, environment });
      api.process.send('SIGTERM');
      const ending = await api.process.end();

      expect([cli.code, refusal.code, refusedCli.code, ending.code]).toEqual([0, 1, 1, 0]);
      for (const { stdout, stderr } of [ending, cli, refusal, refusedCli]) {
        for (const secret of user.secrets) expect(stdout + stderr).not.toContain(secret);
      }
    } finally {
      await user.drop().catch(() => undefined);
    }
  });
});
