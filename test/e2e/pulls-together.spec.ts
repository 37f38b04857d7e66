import { OnetStub } from '../support/onet-web-services/onet-stub';
import { levelGapPath, skillsPath } from '../support/pulls/paths';
import { describeInEveryMode, type Pulling } from '../support/pulls/pulling';
import { storedAll } from '../support/pulls/requests';
import { SmallRelease } from '../support/release-folder';

const MISSING = Array.from({ length: 10 }, (_, index) => index + 20);

describeInEveryMode(
  'Occupations that are asked for at the same moment',
  (mode) => {
    const stub = OnetStub.fromRelease(new SmallRelease({ rated: 40 }));
    let pulling: Pulling;
    beforeAll(async () => {
      await stub.start();
      pulling = await mode.start(stub, { environment: { ONET_PULLS_PER_MINUTE: '0' } });
    });
    afterAll(() => stub.stop());

    test('are stored in one release', async () => {
      stub.latencyMs = 300;
      const { api, runner, query } = pulling;

      const answers = await Promise.all(MISSING.map((one) => api.client.get(skillsPath(one))));
      await storedAll(query);

      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      const overlays = await query(
        "SELECT occupations, rated_occupations, ratings FROM releases WHERE source = 'overlay'",
      );
      expect(overlays).toEqual([{ occupations: 10, rated_occupations: 10, ratings: 80 }]);
      expect(runner.stdout + runner.stderr).not.toMatch(/WARN|ERROR|^\s+at /m);
    });

    test('and that O*NET does not know are remembered, each of them', async () => {
      const { api, runner, query } = pulling;
      const unknown = Array.from({ length: 20 }, (_, index) => `99-${String(1000 + index)}.00`);

      const answers = await Promise.all(unknown.map((code) => api.client.get(`/api/v1/occupations/${code}`)));

      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
      expect(unknown.map((code) => stub.requestsFor(code).length)).toEqual(unknown.map(() => 2));
      expect(await query("SELECT code FROM upstream_misses WHERE reason = 'unknown'")).toHaveLength(unknown.length);
      expect(runner.stdout + runner.stderr).not.toMatch(/WARN|ERROR|^\s+at /m);
    });

    test('for one gap are both waited for', async () => {
      stub.latencyMs = 200;
      const { api } = pulling;

      const answer = await api.client.get(levelGapPath(31, 32));

      expect([answer.status, answer.json()]).toMatchObject([
        200,
        { from_occupation: { source: 'web_services' }, to_occupation: { source: 'web_services' } },
      ]);
    });
  },
  'block',
);
