import { gistOf, problemOf } from '../support/e2e/problems';
import { OnetStub } from '../support/onet-web-services/onet-stub';
import { levelGapPath, occupationPath, skillsPath, strictGapPath } from '../support/pulls/paths';
import { describeEmbedded, describeInEveryMode, type Pulling } from '../support/pulls/pulling';
import { storedAll } from '../support/pulls/requests';
import { codeOf, SKILL_FILE, SmallRelease } from '../support/release-folder';

const UNKNOWN = '99-9999.00';
/** Listed without ratings here, and rated in the Web Services. */
const RATED_THERE = 6;
/** Listed without ratings here and there. */
const RATED_NOWHERE = 7;
/** Listed without ratings in the Web Services only. */
const LISTED_THERE = 40;
const LISTED_LATER = 41;

function upstreamRelease(): SmallRelease {
  const release = new SmallRelease({ rated: 40, unrated: 3 });
  release.table(SKILL_FILE).remove({ 'O*NET-SOC Code': codeOf(RATED_NOWHERE) });
  return release;
}

/** Lets time pass for what is remembered of the Web Services. */
const FORGET = 'UPDATE upstream_misses SET valid_until = 0';

describeInEveryMode(
  'Where the release in service has no answer, an occupation',
  (mode) => {
    const stub = OnetStub.fromRelease(upstreamRelease());
    let pulling: Pulling;
    beforeAll(async () => {
      await stub.start();
      pulling = await mode.start(stub);
    });
    afterAll(() => stub.stop());

    test('that O*NET does not know is not found, and O*NET is not asked again', async () => {
      const { api, options } = pulling;
      const paths = [
        `/api/v1/occupations/${UNKNOWN}/skills`,
        `/api/v1/occupations/${UNKNOWN}`,
        `/api/v1/skill-gap?from=${UNKNOWN}&to=${codeOf(0)}`,
      ];

      const first = await Promise.all(paths.map((path) => api.client.get(path)));
      const asked = stub.requestsFor(UNKNOWN).length;
      const others = await Promise.all(paths.map((path) => api.client.get(path)));
      // SQLite is one process's at a time
      if (mode.kind === 'distributed') {
        const replica = await mode.processes.startApi(options);
        others.push(...(await Promise.all(paths.map((path) => replica.client.get(path)))));
      }

      for (const answer of [...first, ...others]) {
        expect(problemOf(answer)).toMatchObject({ status: 404, code: 'OCCUPATION_NOT_FOUND' });
        expect(problemOf(answer).detail).toMatch(/ The O\*NET Web Services do not know 99-9999\.00 either\.$/);
      }
      expect([asked, stub.requestsFor(UNKNOWN).length]).toEqual([2, 2]);
    });

    test('that O*NET lists without ratings is served as such, and O*NET is not asked again', async () => {
      const { api } = pulling;

      const skills = [await api.client.get(skillsPath(LISTED_THERE)), await api.client.get(skillsPath(LISTED_THERE))];
      const gap = await api.client.get(strictGapPath(0, LISTED_THERE));
      const alone = await api.client.get(occupationPath(LISTED_THERE));

      expect(skills.map(gistOf)).toEqual(['422 OCCUPATION_NOT_RATED code', '422 OCCUPATION_NOT_RATED code']);
      expect(gistOf(gap)).toBe('422 OCCUPATION_NOT_RATED to');
      for (const answer of [...skills, gap]) {
        expect(problemOf(answer).detail).toContain(`list ${codeOf(LISTED_THERE)} without skill ratings, too.`);
      }
      expect(alone.json()).toMatchObject({ title: 'Occupation 41', rated: false, source: 'web_services' });
      expect(stub.requestsFor(codeOf(LISTED_THERE))).toHaveLength(2);
    });

    test('that nobody rates stays as the release lists it, and O*NET is asked once', async () => {
      const { api } = pulling;
      const alone = await api.client.get(occupationPath(RATED_NOWHERE));
      const asked = stub.requestsFor(codeOf(RATED_NOWHERE)).length;

      const gaps = [
        await api.client.get(levelGapPath(RATED_NOWHERE, 0)),
        await api.client.get(levelGapPath(0, RATED_NOWHERE)),
      ];

      expect([alone.status, asked]).toEqual([200, 0]);
      expect(gaps.map(gistOf)).toEqual(['422 OCCUPATION_NOT_RATED from', '422 OCCUPATION_NOT_RATED to']);
      expect(stub.requestsFor(codeOf(RATED_NOWHERE))).toHaveLength(2);
      expect((await api.client.get(occupationPath(RATED_NOWHERE))).json()).toEqual(alone.json());
    });

    test('that the release lists without ratings, and O*NET rates, is answered from O*NET', async () => {
      const { api } = pulling;
      const before = await api.client.get(occupationPath(RATED_THERE));

      const gap = await api.client.get(levelGapPath(RATED_THERE, 0));
      const after = await api.client.get(occupationPath(RATED_THERE));

      expect(before.json()).toMatchObject({ rated: false, source: 'text', pulled_at: null });
      expect([gap.status, gap.json()]).toMatchObject([200, { from_occupation: { source: 'web_services' } }]);
      expect(after.json()).toMatchObject({ rated: true, source: 'web_services' });
    });

    test('that O*NET rates since is answered from there once a day has passed', async () => {
      const { api, query } = pulling;
      const before = await api.client.get(skillsPath(LISTED_LATER));
      stub.replace(new SmallRelease({ rated: 45 }));
      const remembered = await api.client.get(skillsPath(LISTED_LATER));

      // it is remembered a moment after it was told
      await storedAll(query);
      await query(FORGET);

      expect([before.status, remembered.status]).toEqual([422, 422]);
      expect((await api.client.get(skillsPath(LISTED_LATER))).status).toBe(200);
    });
  },
  'block',
);

describeEmbedded(
  'Where the Web Services answer with an empty page for what they do not know, an occupation',
  (mode) => {
    const stub = OnetStub.fromRelease(upstreamRelease(), { noData: 'empty' });
    beforeEach(() => stub.start());
    afterEach(() => stub.stop());

    test('is not found, or not rated, all the same', async () => {
      const { api } = await mode.start(stub);

      const answers = [
        await api.client.get(`/api/v1/occupations/${UNKNOWN}`),
        await api.client.get(skillsPath(LISTED_THERE)),
        await api.client.get(skillsPath(RATED_NOWHERE)),
      ];

      expect(answers.map(gistOf)).toEqual([
        '404 OCCUPATION_NOT_FOUND code',
        '422 OCCUPATION_NOT_RATED code',
        '422 OCCUPATION_NOT_RATED code',
      ]);
    });
  },
);
