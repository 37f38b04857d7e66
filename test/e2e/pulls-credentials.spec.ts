import type { JobView } from '../support/e2e/admin-client';
import { problemOf } from '../support/e2e/problems';
import { OnetStub } from '../support/onet-web-services/onet-stub';
import { levelGapPath, occupationPath, skillsPath } from '../support/pulls/paths';
import { describeEmbedded, describeInEveryMode, VERSIONS, type Version } from '../support/pulls/pulling';
import { SmallRelease } from '../support/release-folder';

const WRONG: Readonly<Record<Version, Readonly<Record<string, string>>>> = {
  v2: { ONET_API_KEY: 'wrong-api-key-4711' },
  'v1.9': { ONET_USERNAME: 'wrong-user-4711', ONET_PASSWORD: 'wrong-password-4711' },
};

/** A user name and its password as they go over the wire, and every other form in which credentials could be shown. */
function formsOf(credentials: readonly string[]): string[] {
  return [...credentials, credentials.join(':')].flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('base64url'),
  ]);
}

describeInEveryMode('Credentials for the Web Services', (mode) => {
  const stub = OnetStub.fromRelease(new SmallRelease({ rated: 40 }));
  beforeEach(async () => {
    stub.reset();
    await stub.start();
  });
  afterEach(() => stub.stop());

  test.each(VERSIONS)('that are wrong are called out, and never shown (%s)', async (version) => {
    const environment = { ...WRONG[version], LOG_LEVEL: 'trace', LOG_FORMAT: 'json' };
    const { api, admin, runner } = await mode.start(stub, { version, environment });
    const settings = version === 'v2' ? 'ONET_API_KEY' : 'ONET_USERNAME and ONET_PASSWORD';
    await runner.shows(new RegExp(`refuse the credentials \\(401\\): check ${settings}\\.`));
    const saidAtStart = runner.stdout.match(/refuse the credentials/g)?.length;

    const first = await api.client.get(skillsPath(20));
    const asked = stub.requests.length;
    const others = [
      await api.client.get(skillsPath(20)),
      await api.client.get(occupationPath(21)),
      await api.client.get(levelGapPath(0, 22)),
      await api.client.get('/api/v1/occupations/99-9999.00'),
    ];
    const local = await api.client.get(levelGapPath(0, 1));
    const list = await admin.get('/jobs');
    const job = (list.json() as { items: JobView[] }).items.find(({ type }) => type === 'pull-occupation');
    const details = await Promise.all([
      admin.get('/ingestions'),
      admin.get(`/ingestions/${job?.id ?? ''}`),
      api.client.get(`/api/v1/jobs/${job?.id ?? ''}`),
    ]);

    for (const answer of [first, ...others]) {
      expect(problemOf(answer)).toMatchObject({ status: 503, code: 'ONET_UNAVAILABLE' });
      expect(problemOf(answer).detail).toMatch(
        /an admin has to correct ONET_API_KEY, or ONET_USERNAME and ONET_PASSWORD/,
      );
      expect(Number(answer.header('retry-after'))).toBeGreaterThan(30);
    }
    expect(saidAtStart).toBe(1);
    expect(stub.requests.length).toBe(asked);
    expect(local.status).toBe(200);
    expect(job).toMatchObject({ state: 'failed', error: { code: 'ONET_UNAVAILABLE' } });
    const shown = [
      ...[api.process, runner].flatMap(({ stdout, stderr }) => [stdout, stderr]),
      ...[first, ...others, list, ...details].flatMap(({ body, headers }) => [body, JSON.stringify(headers)]),
    ].join('\n');
    expect(formsOf(Object.values(WRONG[version])).filter((form) => shown.includes(form))).toEqual([]);
  });
});

describeEmbedded('Credentials for the Web Services', (mode) => {
  const stub = OnetStub.fromRelease(new SmallRelease({ rated: 40 }));
  beforeEach(async () => {
    stub.reset();
    await stub.start();
  });
  afterEach(() => stub.stop());

  test.each(VERSIONS)('that are good are said to be, and never shown (%s)', async (version) => {
    const environment = { LOG_LEVEL: 'trace', LOG_FORMAT: 'json' };
    const { api, admin, runner } = await mode.start(stub, { version, environment });
    await runner.shows(/accept our credentials/);

    const answers = [await api.client.get(skillsPath(20)), await api.client.get('/api/v1/occupations/99-9999.00')];
    stub.failWhile({ kind: 'status', status: 500, body: `You sent ${stub.key} ${stub.username} ${stub.password}` });
    answers.push(await api.client.get(skillsPath(21)));
    answers.push(await admin.get('/jobs'), await admin.get('/ingestions'));

    expect(answers.map(({ status }) => status)).toEqual([200, 404, 503, 200, 200]);
    const shown = [
      ...[api.process, runner].flatMap(({ stdout, stderr }) => [stdout, stderr]),
      ...answers.flatMap(({ body, headers }) => [body, JSON.stringify(headers)]),
    ].join('\n');
    const credentials = version === 'v2' ? [stub.key] : [stub.username, stub.password];
    expect(formsOf(credentials).filter((form) => shown.includes(form))).toEqual([]);
  });
});
