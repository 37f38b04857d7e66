import { problemOf } from '../support/e2e/problems';
import { OnetStub } from '../support/onet-web-services/onet-stub';
import { levelGapPath, skillsPath } from '../support/pulls/paths';
import { describeInEveryMode, type Pulling } from '../support/pulls/pulling';
import { storedAll } from '../support/pulls/requests';
import { codeOf, SKILL_FILE, SmallRelease } from '../support/release-folder';

/** Lets time pass for what is remembered of the Web Services. */
const FORGET = 'UPDATE upstream_misses SET valid_until = 0';

/** The release at hand lists this one without ratings. */
const LISTED = 6;
/** The release at hand does not know this one. */
const NEW = 12;

function damagedRelease(): SmallRelease {
  const release = new SmallRelease({ rated: 40 });
  const cells = (occupation: number) => ({
    'O*NET-SOC Code': codeOf(occupation),
    'Element ID': '2.B.1.a',
    'Scale ID': 'LV',
  });
  release.table(SKILL_FILE).change(cells(LISTED), 'Data Value', '9.00');
  release.table(SKILL_FILE).change(cells(NEW), 'Data Value', 'a lot');
  return release;
}

describeInEveryMode(
  'An occupation of which one rating is damaged',
  (mode) => {
    const stub = OnetStub.fromRelease(damagedRelease());
    let pulling: Pulling;
    beforeAll(async () => {
      await stub.start();
      pulling = await mode.start(stub);
    });
    afterAll(() => stub.stop());

    test.each([
      [LISTED, '422 OCCUPATION_NOT_RATED', 'OUT_OF_SCALE'],
      [NEW, '404 OCCUPATION_NOT_FOUND', 'NOT_A_NUMBER'],
    ])('is not served in any part, and the ingestion says why (%i)', async (damaged, gist, reason) => {
      const { api, admin, query } = pulling;

      const answers = [await api.client.get(skillsPath(damaged)), await api.client.get(levelGapPath(0, damaged))];
      const { items } = (await admin.get('/jobs?type=pull-occupation')).json() as { items: { id: string }[] };
      const id = items[0]?.id ?? '';
      const ingestion = await admin.get(`/ingestions/${id}`);
      const rejected = await admin.get(`/ingestions/${id}/rejected-rows`);

      for (const answer of answers) {
        const { status, code, detail } = problemOf(answer);
        expect(`${status} ${code}`).toBe(gist);
        expect(detail).toContain(`The O*NET Web Services have 7 of the 8 skill ratings of ${codeOf(damaged)}`);
      }
      expect(await query('SELECT onetsoc_code FROM occupations WHERE release_id <> 1')).toEqual([]);
      expect(ingestion.json()).toMatchObject({
        kind: 'occupation',
        source: 'web_services',
        origin: codeOf(damaged),
        state: 'completed',
        release_id: null,
        tables: [
          { source_file: 'occupation_data', landed: 1, normalised: 1, rejected: 0, unneeded: 0 },
          { source_file: 'skills', landed: 8, normalised: 7, rejected: 1, unneeded: 0 },
        ],
        note: expect.stringContaining('have 7 of the 8 skill ratings') as string,
        rejections: [{ code: reason, rows: 1, source_file: 'skills', line_no: 6 }],
      });
      expect(rejected.json()).toMatchObject({
        total: 1,
        items: [{ code: reason, source_file: 'skills', line_no: 6, raw: expect.stringContaining('2.B.1.a') as string }],
      });
      expect(stub.requestsFor(codeOf(damaged))).toHaveLength(2);
    });

    test('is served once O*NET has mended it, and is asked again', async () => {
      const { api, query } = pulling;
      stub.replace(new SmallRelease({ rated: 40 }));
      const remembered = await api.client.get(skillsPath(LISTED));

      await storedAll(query);
      await query(FORGET);

      expect([remembered.status, (await api.client.get(skillsPath(LISTED))).status]).toEqual([422, 200]);
    });
  },
  'block',
);
