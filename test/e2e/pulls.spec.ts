import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { eventually } from '../support/e2e/eventually';
import { type ServingApi, useProcesses } from '../support/e2e/processes';
import { naiveGapByLevel, naiveStrictGap, readNaiveLevels } from '../support/naive-gap';
import { OnetStub } from '../support/onet-web-services/onet-stub';
import { levelGapPath, occupationPath, skillsPath, strictGapPath } from '../support/pulls/paths';
import { describeInEveryMode, type Version } from '../support/pulls/pulling';
import { codeOf, SKILL_FILE, SmallRelease } from '../support/release-folder';

/** What the Web Services have: a release of the form of the one at hand, with more occupations. */
const UPSTREAM = { rated: 40, unrated: 3 };

/** Occupations of the release at hand; one of them was carried over from older surveys. */
const LOCAL = [0, 1];
/** The first of these is listed in the release at hand without ratings, and the others are not. */
const MISSING = [6, 13, 25, 39];
const SEEN_ELSEWHERE_WITHIN_MS = 3000;

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const PULLED = { source: 'web_services', pulled_at: expect.stringMatching(ISO_TIME) as string };

interface Sided {
  readonly from_occupation: object;
  readonly to_occupation: object;
}

/** A release as the Web Services have it; one of its occupations lacks some of the figures that may be missing. */
function upstreamRelease(layout: 'one skill file' | 'two skill files'): SmallRelease {
  const release = new SmallRelease({ ...UPSTREAM, layout });
  const file = release.fileNames.find((name) => name.endsWith(SKILL_FILE)) ?? SKILL_FILE;
  const cells = { 'O*NET-SOC Code': codeOf(25), 'Element ID': '2.A.1.a', 'Scale ID': 'LV' };
  for (const column of ['N', 'Standard Error']) release.table(file).change(cells, column, 'n/a');
  return release;
}

function pairsOf(occupations: readonly number[]): (readonly [number, number])[] {
  return occupations.flatMap((from) => occupations.map((to) => [from, to] as const));
}

async function json<T = object>({ client }: ServingApi, path: string): Promise<T> {
  const answer = await client.get(path);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.body}`);
  return answer.json() as T;
}

/** Whom a side of an answer is about, and whence it should have its figures. */
function withSource(side: object, occupation: number): object {
  return { ...side, ...(MISSING.includes(occupation) ? PULLED : { source: 'text', pulled_at: null }) };
}

describeInEveryMode('An occupation that the release in service lacks', (mode) => {
  const reference = useProcesses('block');

  describe.each<[Version, 'one skill file' | 'two skill files']>([
    ['v2', 'two skill files'],
    ['v1.9', 'one skill file'],
  ])('is pulled from version %s with %s', (version, layout) => {
    const release = upstreamRelease(layout);
    const stub = OnetStub.fromRelease(release);
    beforeEach(() => stub.start());
    afterEach(() => stub.stop());

    test('and answered from as if its release had been ingested, then and after a restart', async () => {
      const folder = join(await reference.folder(), '30.1');
      const whole = await reference.startApi({ environment: { ONET_DATA_DIR: await release.writeFolder(folder) } });
      const pulling = await mode.start(stub, { version });
      const { api, options } = pulling;
      // once as the first thing that is asked for, and later from what is there
      const expected = new Map<string, object>();
      for (const [from, to] of pairsOf([...MISSING, ...LOCAL])) {
        for (const path of [levelGapPath(from, to), strictGapPath(from, to)]) {
          const known = await json<Sided>(whole, path);
          expected.set(path, {
            ...known,
            from_occupation: withSource(known.from_occupation, from),
            to_occupation: withSource(known.to_occupation, to),
          });
        }
      }
      for (const one of MISSING) {
        const known = await json<{ occupation: object }>(whole, skillsPath(one));
        expected.set(skillsPath(one), { ...known, occupation: withSource(known.occupation, one) });
        expected.set(occupationPath(one), withSource(await json(whole, occupationPath(one)), one));
      }

      const first = new Map<string, object>();
      for (const path of expected.keys()) first.set(path, await json(api, path));
      await stored(pulling.query);
      const second = new Map<string, object>();
      for (const path of expected.keys()) second.set(path, await json(api, path));
      await api.process.kill();
      const next = await mode.processes.startApi(options);
      const third = new Map<string, object>();
      for (const path of expected.keys()) third.set(path, await json(next, path));

      expect(first).toEqual(expected);
      expect(second).toEqual(first);
      expect(third).toEqual(first);
      const tables = layout === 'one skill file' ? 2 : 3;
      expect(MISSING.map((one) => stub.requestsFor(codeOf(one)).length)).toEqual(MISSING.map(() => tables));
      expect(LOCAL.map((one) => stub.requestsFor(codeOf(one)).length)).toEqual([0, 0]);
      expect(pulling.runner.stdout + pulling.runner.stderr).not.toMatch(/WARN|ERROR|^\s+at /m);
    });
  });

  describe('that has been pulled', () => {
    const release = upstreamRelease('one skill file');
    const stub = OnetStub.fromRelease(release);
    beforeEach(() => stub.start());
    afterEach(() => stub.stop());

    test('has the gaps that the figures of the Web Services make', async () => {
      const figures = await readNaiveLevels(await release.writeFolder(await reference.folder()));
      const { api } = await mode.start(stub);

      for (const [from, to] of [...pairsOf([0, 6, 17]), [39, 5], [2, 39]] as const) {
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
      await stored(query);

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
      await stored(query);
      await sleep(1500);
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
});

/** Waits until nothing that was pulled is still being written down. */
async function stored(query: (sql: string) => Promise<unknown[]>): Promise<void> {
  const unfinished = async (): Promise<boolean> =>
    (await query("SELECT id FROM jobs WHERE type = 'pull-occupation' AND state <> 'completed'")).length === 0;
  await eventually('all that was pulled is stored', unfinished, 10_000);
}
