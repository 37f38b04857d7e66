import { eventually } from '../support/e2e/eventually';
import type { BuiltProcess } from '../support/e2e/built-process';
import { OnetStub } from '../support/onet-web-services/onet-stub';
import { levelGapPath } from '../support/pulls/paths';
import { describeInEveryMode } from '../support/pulls/pulling';
import { SmallRelease } from '../support/release-folder';

const WITHIN_MS = 15_000;
const CLIENT_KEY = 'the-key-of-a-client';
const REQUEST = 'my-request-1';

type LogRecord = Readonly<Record<string, unknown>>;

function recordsOf({ stdout }: BuiltProcess): LogRecord[] {
  const lines = stdout.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}'));
  return lines.map((line) => JSON.parse(line) as LogRecord);
}

describeInEveryMode('What is logged of a job', (mode) => {
  const onet = OnetStub.fromRelease(new SmallRelease({ rated: 40 }));
  beforeEach(() => onet.start());
  afterEach(() => onet.stop());

  test('says which job, attempt and request it belongs to, from the request to the last line of the work', async () => {
    const environment = { LOG_FORMAT: 'json', LOG_LEVEL: 'debug', API_KEYS: CLIENT_KEY };
    const { api, runner, query } = await mode.start(onet, { environment });
    await runner.shows(/accept our credentials/);
    // something that the innermost part of the work has to say
    onet.failNext({ kind: 'status', status: 500 });

    const headers = { 'x-request-id': REQUEST, 'x-api-key': CLIENT_KEY };
    expect((await api.client.get(levelGapPath(20, 0), headers)).status).toBe(200);
    const done = (): LogRecord | undefined =>
      recordsOf(runner).find(({ msg }) => /^pull-occupation .* is done$/.test(String(msg)));
    await eventually('the job is done', () => Promise.resolve(done() !== undefined), WITHIN_MS);

    const [job] = await query<{ id: string; request_id: string }>(
      "SELECT id, request_id FROM jobs WHERE type = 'pull-occupation'",
    );
    expect(job?.request_id).toBe(REQUEST);
    const about = { job_id: job?.id, job_type: 'pull-occupation', request_id: REQUEST };
    expect(recordsOf(api.process).find(({ msg }) => String(msg).endsWith(' is asked for'))).toMatchObject(about);
    const ofWork = recordsOf(runner).filter(
      ({ job_type: type, attempt }) => type === 'pull-occupation' && attempt !== undefined,
    );
    expect(ofWork.map(({ context }) => context)).toEqual(expect.arrayContaining(['JobRunner', 'OnetRequests']));
    for (const record of ofWork) expect(record).toMatchObject({ ...about, attempt: 1 });
    expect(done()).toMatchObject({ ...about, attempt: 1 });
    // and nothing else is said to be about it
    const others = recordsOf(runner).filter(({ msg }) => /accept our credentials|ready/.test(String(msg)));
    for (const record of others) expect(record).not.toHaveProperty('job_id');

    const answered = (): LogRecord | undefined => recordsOf(api.process).find(({ url }) => url === levelGapPath(20, 0));
    await eventually('the request is logged', () => Promise.resolve(answered() !== undefined), WITHIN_MS);
    expect(answered()).toMatchObject({
      msg: 'request',
      request_id: REQUEST,
      route: '/api/v1/skill-gap-by-lvl',
      status: 200,
      duration_ms: expect.any(Number) as number,
      client_key: expect.stringMatching(/^[0-9a-f]{8}$/) as string,
    });
    expect(api.process.stdout + runner.stdout).not.toContain(CLIENT_KEY);
  });

  test('names the admin by the id of the key, and the job has the request of the admin', async () => {
    const { api, admin } = await mode.start(onet, { environment: { LOG_FORMAT: 'json' } });

    const answer = await admin.post('/ingestions', { source: 'directory', path: '30.1' });

    expect(answer.status).toBe(202);
    const id = answer.header('x-request-id');
    const { items } = (await admin.get('/jobs?type=import-release')).json() as {
      items: { request_id: string | null }[];
    };
    expect(items[0]?.request_id).toBe(id);
    const logged = (): LogRecord | undefined =>
      recordsOf(api.process).find(({ msg, request_id: of }) => msg === 'request' && of === id);
    await eventually('the request is logged', () => Promise.resolve(logged() !== undefined), WITHIN_MS);
    expect(logged()).toMatchObject({
      route: '/api/v1/admin/ingestions',
      client_key: null,
      admin: expect.stringMatching(/^admin [0-9a-f]{8}$/) as string,
    });
  });
});
