import type { Answer } from '../support/e2e/http';
import { problemOf } from '../support/e2e/problems';
import { OnetStub } from '../support/onet-web-services/onet-stub';
import { levelGapPath, occupationPath, skillsPath } from '../support/pulls/paths';
import { describeEmbedded, type Pulling } from '../support/pulls/pulling';
import { codeOf, SmallRelease } from '../support/release-folder';

const KEYS = ['the-first-client-key-of-all', 'the-second-client-key-of-all'] as const;
const HINT = 'A request with an X-API-Key would have it looked up in the O*NET Web Services.';
const UPSTREAM = new SmallRelease({ rated: 40 });

function withKey(key: string): { readonly 'x-api-key': string } {
  return { 'x-api-key': key };
}

describeEmbedded(
  'An api that other machines can reach',
  (mode) => {
    const stub = OnetStub.fromRelease(UPSTREAM);
    let pulling: Pulling;
    beforeAll(async () => {
      await stub.start();
      pulling = await mode.start(stub, { environment: { HOST: '0.0.0.0', API_KEYS: KEYS.join() } });
    });
    afterAll(() => stub.stop());

    test('pulls nothing for a request without a key, and says that a key would help', async () => {
      const { api } = pulling;

      const answers = [
        await api.client.get(occupationPath(20)),
        await api.client.get(skillsPath(6)),
        ...(await Promise.all(Array.from({ length: 20 }, () => api.client.get(levelGapPath(0, 20))))),
      ];

      const gists = answers.map((answer) => `${problemOf(answer).status} ${problemOf(answer).code}`);
      expect(gists.slice(0, 2)).toEqual(['404 OCCUPATION_NOT_FOUND', '422 OCCUPATION_NOT_RATED']);
      expect(new Set(gists.slice(2))).toEqual(new Set(['404 OCCUPATION_NOT_FOUND']));
      for (const answer of answers) expect(problemOf(answer).detail).toContain(HINT);
      expect([stub.requestsFor(codeOf(20)), stub.requestsFor(codeOf(6))]).toEqual([[], []]);
    });

    test.each(KEYS)(
      'pulls for a request with one of the keys, and answers everybody from then on (%s)',
      async (key) => {
        const { api, admin } = pulling;
        const path = skillsPath(21 + KEYS.indexOf(key));

        const pulled = await api.client.get(path, withKey(key));
        const anybody = await api.client.get(path);
        const jobs = await admin.get('/jobs?type=pull-occupation');

        expect([pulled.status, anybody.status]).toEqual([200, 200]);
        expect(jobs.json()).toMatchObject({
          items: { 0: { requested_by: expect.stringMatching(/^client [0-9a-f]{8}$/) as string } },
        });
        expect(jobs.body).not.toContain(key);
      },
    );

    test('refuses a wrong key where a key is needed, and does not mind it elsewhere', async () => {
      const { api } = pulling;
      const wrong = withKey('a-key-that-opens-nothing-here');

      const refused = await api.client.get(skillsPath(25), wrong);
      const local = await api.client.get(skillsPath(0), wrong);

      expect(problemOf(refused)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
      expect(local.status).toBe(200);
      expect(stub.requestsFor(codeOf(25))).toEqual([]);
    });

    test('lets one without a key wait for what one with a key is having pulled', async () => {
      const { api } = pulling;
      stub.latencyMs = 1000;
      const path = skillsPath(26);

      const withOne = api.client.get(path, withKey(KEYS[0]));
      while (stub.requestsFor(codeOf(26)).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      const without = await api.client.get(path);

      expect([(await withOne).status, without.status]).toEqual([200, 200]);
      expect(stub.requestsFor(codeOf(26))).toHaveLength(2);
    });
  },
  'block',
);

describeEmbedded('An api that other machines can reach, and that has no keys', (mode) => {
  const stub = OnetStub.fromRelease(UPSTREAM);
  beforeEach(() => stub.start());
  afterEach(() => stub.stop());

  test.each<[string, Record<string, string>]>([
    ['at all its addresses', { HOST: '0.0.0.0' }],
    ['by a proxy on its own machine', { TRUST_PROXY: 'loopback' }],
  ])('%s pulls for nobody', async (_how, environment) => {
    const { api } = await mode.start(stub, { environment });

    const answers = [await api.client.get(skillsPath(20)), await api.client.get(skillsPath(20), withKey(KEYS[0]))];

    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
    expect(stub.requestsFor(codeOf(20))).toEqual([]);
  });
});

describeEmbedded('The number of pulls that a client may cause a minute', (mode) => {
  const stub = OnetStub.fromRelease(UPSTREAM);
  beforeEach(async () => {
    stub.reset();
    await stub.start();
  });
  afterEach(() => stub.stop());

  test('bounds what is not there, and nothing else', async () => {
    const environment = { ONET_PULLS_PER_MINUTE: '3' };
    const { api } = await mode.start(stub, { environment });
    const ask = async (occupations: readonly number[]): Promise<Answer[]> => {
      const answers: Answer[] = [];
      for (const one of occupations) answers.push(await api.client.get(skillsPath(one)));
      return answers;
    };

    const first = await ask([20, 21, 22]);
    const over = await ask([23, 24]);
    const there = await ask([20, 21, 22, 0, 1]);

    expect(first.map(({ status }) => status)).toEqual([200, 200, 200]);
    for (const answer of over) {
      expect(problemOf(answer)).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
      expect(Number(answer.header('retry-after'))).toBeGreaterThan(30);
      expect(Number(answer.header('retry-after'))).toBeLessThanOrEqual(60);
    }
    expect(there.map(({ status }) => status)).toEqual(there.map(() => 200));
    expect([stub.requestsFor(codeOf(23)), stub.requestsFor(codeOf(24))]).toEqual([[], []]);
  });

  test('is that of each key by itself', async () => {
    const environment = { ONET_PULLS_PER_MINUTE: '1', API_KEYS: KEYS.join() };
    const { api } = await mode.start(stub, { environment });

    const statuses: number[] = [];
    for (const headers of [withKey(KEYS[0]), withKey(KEYS[1]), {}, withKey(KEYS[0]), {}]) {
      statuses.push((await api.client.get(skillsPath(20 + statuses.length), headers)).status);
    }

    expect(statuses).toEqual([200, 200, 200, 429, 429]);
  });
});
