import { eventually } from '../support/e2e/eventually';
import type { JobView } from '../support/e2e/admin-client';
import { OnetStub } from '../support/onet-web-services/onet-stub';
import { levelGapPath, occupationPath, skillsPath } from '../support/pulls/paths';
import type { SeenRequest } from '../support/onet-web-services/request-log';
import { describeInEveryMode } from '../support/pulls/pulling';
import { codeOf, SmallRelease } from '../support/release-folder';

const MISSING = Array.from({ length: 10 }, (_, index) => index + 20);
const REQUESTS = 100;
/** What O*NET allows. */
const MAX_A_SECOND = 5;
/** On a busy machine requests arrive later than they were sent, some more than others. */
const NEARLY_A_SECOND_MS = 700;
const PULLED_WITHIN_MS = 20_000;

describeInEveryMode('Requests for occupations that the release in service lacks', (mode) => {
  const stub = OnetStub.fromRelease(new SmallRelease({ rated: 40 }));
  beforeEach(async () => {
    stub.reset();
    await stub.start();
  });
  afterEach(() => stub.stop());

  test('at the same time share the pulls, which keep to the limit of O*NET', async () => {
    const environment = { ONET_REQUESTS_PER_SECOND: String(MAX_A_SECOND) };
    const { api, admin, runner } = await mode.start(stub, { environment });
    // the stub lives in this process: it should have little to do while the requests come that it takes the time of
    await api.client.get(levelGapPath(0, 1));

    const answers = await Promise.all(
      Array.from({ length: REQUESTS }, (_, index) => {
        const occupation = MISSING[index % MISSING.length] ?? 0;
        const path = index < REQUESTS / 2 ? skillsPath(occupation) : levelGapPath(occupation, 0);
        return api.client.get(path);
      }),
    );
    const jobs = (await admin.get('/jobs?type=pull-occupation&page_size=200')).json() as { total: number };

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(MISSING.map((one) => stub.requestsFor(codeOf(one)).length)).toEqual(MISSING.map(() => 2));
    expect(jobs.total).toBe(MISSING.length);
    expect(shortestTimeOf(MAX_A_SECOND + 1, stub.requests)).toBeGreaterThan(NEARLY_A_SECOND_MS);
    expect(runner.stdout + runner.stderr).not.toMatch(/WARN|ERROR|^\s+at /m);
  });

  test('are answered with the job where it takes too long, and from what it brought later', async () => {
    stub.latencyMs = 1000;
    const { api, admin } = await mode.start(stub, { environment: { ONET_PULL_WAIT_MS: '300' } });
    const paths = [skillsPath(20), levelGapPath(0, 20), levelGapPath(20, 0)];

    const first = await Promise.all(paths.map((path) => api.client.get(path)));

    const jobs = first.map((answer) => answer.json() as JobView);
    const id = jobs[0]?.id ?? '';
    expect(first.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(jobs).toEqual(paths.map(() => expect.objectContaining({ id, type: 'pull-occupation' }) as JobView));
    for (const answer of first) {
      expect(answer.header('location')).toBe(`/api/v1/jobs/${id}`);
      expect(answer.header('retry-after')).toBe('1');
      expect(answer.header('etag')).toBeUndefined();
    }
    await eventually(
      'it is there',
      async () => (await api.client.get(skillsPath(20))).status === 200,
      PULLED_WITHIN_MS,
    );
    expect((await Promise.all(paths.map((path) => api.client.get(path)))).map(({ status }) => status)).toEqual([
      200, 200, 200,
    ]);
    expect(await admin.ended(id)).toMatchObject({ state: 'completed', error: null });
    expect(stub.requestsFor(codeOf(20))).toHaveLength(2);
  });

  test('are answered at once with the job where they are not to wait at all', async () => {
    const { api } = await mode.start(stub, { environment: { ONET_PULL_WAIT_MS: '0' } });

    const answer = await api.client.get(occupationPath(30));

    expect(answer.status).toBe(202);
    await eventually(
      'it is there',
      async () => (await api.client.get(occupationPath(30))).status === 200,
      PULLED_WITHIN_MS,
    );
  });
});

/** The shortest time, in ms, in which so many requests arrived. */
function shortestTimeOf(count: number, requests: readonly SeenRequest[]): number {
  const spans = requests.slice(count - 1).map(({ time }, index) => time - (requests[index]?.time ?? 0));
  return Math.min(...spans);
}
