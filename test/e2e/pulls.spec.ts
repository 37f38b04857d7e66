import { join } from 'node:path';
import { useProcesses } from '../support/e2e/processes';
import { OnetStub } from '../support/onet-web-services/onet-stub';
import { levelGapPath, occupationPath, skillsPath, strictGapPath } from '../support/pulls/paths';
import { describeInEveryMode, type Version } from '../support/pulls/pulling';
import { json, storedAll } from '../support/pulls/requests';
import { codeOf, SKILL_FILE, SmallRelease } from '../support/release-folder';

/** What the Web Services have: a release of the form of the one at hand, with more occupations. */
const UPSTREAM = { rated: 40, unrated: 3 };

/** Occupations of the release at hand; one of them was carried over from older surveys. */
const LOCAL = [0, 1];
/** The first of these is listed in the release at hand without ratings, and the others are not. */
const MISSING = [6, 13, 25, 39];

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
      await storedAll(pulling.query);
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
});
