import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/e2e/eventually';
import { naiveGapByLevel, naiveStrictGap, readNaiveLevels } from '../support/naive-gap';
import { OnetStub } from '../support/onet-web-services/onet-stub';
import { levelGapPath, occupationPath, skillsPath, strictGapPath } from '../support/pulls/paths';
import { describeInEveryMode } from '../support/pulls/pulling';
import { json, storedAll } from '../support/pulls/requests';
import { codeOf, SmallRelease } from '../support/release-folder';

/** Of occupations that the release rates, that it only lists, and that it lacks. */
const PAIRS = [
  [0, 6],
  [6, 0],
  [6, 17],
  [17, 6],
  [17, 17],
  [39, 5],
  [2, 39],
] as const;
const SEEN_ELSEWHERE_WITHIN_MS = 3000;
/** Every process looks for changes once a second. */
const POLLED_MS = 1500;

describeInEveryMode('An occupation that has been pulled', (mode) => {
  const release = new SmallRelease({ rated: 40, unrated: 3 });
  const stub = OnetStub.fromRelease(release);
  beforeEach(async () => {
    stub.reset();
    await stub.start();
  });
  afterEach(() => stub.stop());

  test('has the gaps that the figures of the Web Services make', async () => {
    const figures = await readNaiveLevels(await release.writeFolder(await mode.processes.folder()));
    const { api } = await mode.start(stub);

    for (const [from, to] of PAIRS) {
      const byLevel = naiveGapByLevel(figures, codeOf(from), codeOf(to));
      expect(await json(api, levelGapPath(from, to))).toMatchObject({
        skill_gaps: byLevel.map(([element_id, fromLevel, toLevel]) => ({
          element_id,
          skill_name: figures.elements.get(element_id),
          from_proficiency_level: fromLevel / 100,
          to_proficiency_level: toLevel / 100,
        })),
      });
      const strict = naiveStrictGap(figures, codeOf(from), codeOf(to));
      expect(await json(api, strictGapPath(from, to))).toMatchObject({ skill_gaps: strict });
    }
  });

  test('is listed, found by its words, and counted in a release of its own', async () => {
    const { api, query } = await mode.start(stub);
    await json(api, skillsPath(6));
    await json(api, occupationPath(39));
    await storedAll(query);

    const listed = async (words: string): Promise<unknown> => json(api, `/api/v1/occupations?q=${words}`);
    const { items } = await json<{ items: object[] }>(api, '/api/v1/releases');

    expect(await listed(codeOf(6))).toMatchObject({ items: [{ code: codeOf(6), rated: true }], total: 1 });
    expect(await listed('Occupation+40')).toMatchObject({ items: [{ code: codeOf(39), rated: true }], total: 1 });
    expect(await listed(codeOf(38))).toMatchObject({ items: [] });
    expect(items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ source: 'text', active: true, occupations: 8, rated_occupations: 6 }),
        expect.objectContaining({ source: 'overlay', active: false, occupations: 2, rated_occupations: 2 }),
      ]),
    );
    expect(items).toHaveLength(2);
  });

  test('lets clients that have the answer keep it, and those that had another one not', async () => {
    const { api, query } = await mode.start(stub);
    const list = '/api/v1/occupations?page_size=200';
    const before = (await api.client.get(list)).header('etag') ?? '';

    const pulled = await api.client.get(skillsPath(9));
    await storedAll(query);
    await sleep(POLLED_MS);
    const again = await api.client.get(skillsPath(9));
    const etag = again.header('etag') ?? '';

    expect(pulled.body).toBe(again.body);
    expect((await api.client.get(skillsPath(9), { 'if-none-match': etag })).status).toBe(304);
    expect((await api.client.get(list, { 'if-none-match': before })).status).toBe(200);
  });

  if (mode.kind === 'distributed') {
    test('is served by every other api within three seconds, which does not pull it again', async () => {
      const { api, options } = await mode.start(stub);
      const replica = await mode.processes.startApi(options);
      const path = levelGapPath(0, 20);
      const known = await json(api, path);
      const asked = stub.requests.length;

      const listed = async (): Promise<boolean> =>
        (await json<{ total: number }>(replica, `/api/v1/occupations?q=${codeOf(20)}`)).total === 1;
      await eventually('the replica lists it', listed, SEEN_ELSEWHERE_WITHIN_MS);

      expect(await json(replica, path)).toEqual(known);
      expect(stub.requests.length).toBe(asked);
    });

    test('is pulled once for requests to several apis at the same time', async () => {
      const { api, options, query } = await mode.start(stub);
      const replica = await mode.processes.startApi(options);
      const codes = [10, 11, 12, 13, 14];

      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, index) => {
          const { client } = index % 2 === 0 ? api : replica;
          return client.get(skillsPath(codes[index % codes.length] ?? 0));
        }),
      );

      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      expect(codes.map((one) => stub.requestsFor(codeOf(one)).length)).toEqual(codes.map(() => 2));
      expect(await query("SELECT id FROM ingestions WHERE kind = 'occupation'")).toHaveLength(codes.length);
    });
  }
});
