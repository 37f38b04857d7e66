import { describeOnEveryDatabase } from '../support/databases';
import { useApi } from '../support/e2e/processes';
import { gistOf, problemOf } from '../support/e2e/problems';
import { readSample, SAMPLE_FOLDER } from '../support/e2e/sample';
import { naiveGapByLevel, naiveStrictGap, readNaiveLevels } from '../support/naive-gap';

const CHIEF_EXECUTIVES = '11-1011.00';
const FACILITIES_MANAGERS = '11-3013.00';
const DATA_SCIENTISTS = '15-2051.00';
const UNKNOWN = '99-9999.99';
/** Where figures come from, as long as nothing has been pulled from the Web Services. */
const OF_THE_RELEASE = { source: 'text', pulled_at: null };
const CLOCK_TOLERANCE_MS = 120_000;

/** A place whose time is not a whole number of hours away from UTC: wrong conversions cannot hide there. */
const ODD_TIME_ZONE = 'Asia/Kathmandu';

describeOnEveryDatabase('The api on the bundled sample', (database) => {
  const sample = readSample();
  const api = useApi(async () => ({ databaseUrl: await database.create(), environment: { TZ: ODD_TIME_ZONE } }));
  const get = async (path: string): Promise<unknown> => {
    const answer = await api.client.get(path);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.body}`);
    return answer.json();
  };

  test('names the skills that are at level 0 in one occupation and needed in the other', async () => {
    expect(await get(`/api/v1/skill-gap?from=${CHIEF_EXECUTIVES}&to=${FACILITIES_MANAGERS}`)).toEqual({
      from_occupation: { code: CHIEF_EXECUTIVES, title: 'Chief Executives', ...OF_THE_RELEASE },
      to_occupation: { code: FACILITIES_MANAGERS, title: 'Facilities Managers', ...OF_THE_RELEASE },
      release: '30.1',
      skill_gaps: ['Installation', 'Equipment Maintenance', 'Repairing'],
    });
  });

  test('gives the levels of the skills of which one occupation needs more, largest difference first', async () => {
    const answer = await get(`/api/v1/skill-gap-by-lvl?from=${CHIEF_EXECUTIVES}&to=${FACILITIES_MANAGERS}`);

    const skill = (element_id: string, skill_name: string, from: number, to: number): object => ({
      element_id,
      skill_name,
      from_proficiency_level: from,
      to_proficiency_level: to,
    });
    expect(answer).toEqual({
      from_occupation: { code: CHIEF_EXECUTIVES, title: 'Chief Executives', ...OF_THE_RELEASE },
      to_occupation: { code: FACILITIES_MANAGERS, title: 'Facilities Managers', ...OF_THE_RELEASE },
      release: '30.1',
      skill_gaps: [
        skill('2.B.3.j', 'Equipment Maintenance', 0, 2.25),
        skill('2.B.3.l', 'Repairing', 0, 1.88),
        skill('2.B.3.m', 'Quality Control Analysis', 1.12, 2.88),
        skill('2.B.3.k', 'Troubleshooting', 0.5, 2.25),
        skill('2.B.3.c', 'Equipment Selection', 0.25, 1.88),
        skill('2.B.3.g', 'Operations Monitoring', 1.5, 2.5),
        skill('2.B.3.h', 'Operation and Control', 1.38, 2.25),
        skill('2.B.3.d', 'Installation', 0, 0.12),
        skill('2.B.3.e', 'Programming', 1, 1.12),
      ],
    });
  });

  test('finds in both directions between one occupation and all others what the figures of the files say', async () => {
    const figures = await readNaiveLevels(SAMPLE_FOLDER);
    const pairs = sample.rated.flatMap((code) => [
      [FACILITIES_MANAGERS, code] as const,
      [code, FACILITIES_MANAGERS] as const,
    ]);

    for (const [from, to] of pairs) {
      const byLevel = await get(`/api/v1/skill-gap-by-lvl?from=${from}&to=${to}`);
      const strict = await get(`/api/v1/skill-gap?from=${from}&to=${to}`);
      const expected = naiveGapByLevel(figures, from, to).map(([elementId, fromLevel, toLevel]) => ({
        element_id: elementId,
        skill_name: figures.elements.get(elementId),
        from_proficiency_level: fromLevel / 100,
        to_proficiency_level: toLevel / 100,
      }));
      expect(byLevel).toMatchObject({ skill_gaps: expected });
      expect(strict).toMatchObject({ skill_gaps: naiveStrictGap(figures, from, to) });
    }
  });

  test('finds no gap between an occupation and itself', async () => {
    expect(await get('/api/v1/skill-gap?from=15-1252.00&to=15-1252.00')).toMatchObject({ skill_gaps: [] });
    expect(await get('/api/v1/skill-gap-by-lvl?from=15-1252.00&to=15-1252.00')).toMatchObject({ skill_gaps: [] });
  });

  describe.each(['/api/v1/skill-gap', '/api/v1/skill-gap-by-lvl'])('%s', (path) => {
    test.each([
      ['from', DATA_SCIENTISTS, CHIEF_EXECUTIVES],
      ['to', CHIEF_EXECUTIVES, DATA_SCIENTISTS],
    ])('calls out an occupation without ratings in "%s"', async (parameter, from, to) => {
      const answer = await api.client.get(`${path}?from=${from}&to=${to}`);

      expect(gistOf(answer)).toBe(`422 OCCUPATION_NOT_RATED ${parameter}`);
      expect(problemOf(answer).detail).toBe(
        `"${parameter}": 15-2051.00 (Data Scientists) is listed in O*NET release 30.1 without skill ratings.`,
      );
    });

    test.each([
      ['from', UNKNOWN, CHIEF_EXECUTIVES],
      ['to', CHIEF_EXECUTIVES, UNKNOWN],
    ])('calls out an unknown occupation in "%s"', async (parameter, from, to) => {
      const answer = await api.client.get(`${path}?from=${from}&to=${to}`);

      expect(gistOf(answer)).toBe(`404 OCCUPATION_NOT_FOUND ${parameter}`);
      expect(problemOf(answer).detail).toContain(`"${parameter}": ${UNKNOWN} is not an occupation`);
    });

    test('calls out both parameters when both are at fault', async () => {
      const unrated = await api.client.get(`${path}?from=${DATA_SCIENTISTS}&to=11-9199.00`);
      const unknown = await api.client.get(`${path}?from=${UNKNOWN}&to=98-9999.99`);

      expect(gistOf(unrated)).toBe('422 OCCUPATION_NOT_RATED from to');
      expect(gistOf(unknown)).toBe('404 OCCUPATION_NOT_FOUND from to');
    });
  });

  test('lists every occupation, rated or not, in order of the codes', async () => {
    const items = sample.occupations.map((row) => ({
      code: row['O*NET-SOC Code'],
      title: row['Title'],
      rated: sample.rated.includes(row['O*NET-SOC Code'] ?? ''),
    }));

    expect(await get('/api/v1/occupations?page_size=200')).toEqual({ items, page: 1, page_size: 200, total: 63 });
    expect(await get('/api/v1/occupations')).toEqual({ items: items.slice(0, 20), page: 1, page_size: 20, total: 63 });
    expect(await get('/api/v1/occupations?page=4')).toEqual({
      items: items.slice(60),
      page: 4,
      page_size: 20,
      total: 63,
    });
    expect(await get('/api/v1/occupations?page=5&page_size=20')).toMatchObject({ items: [], total: 63 });
  });

  test.each([
    ['software', ['15-1252.00', '15-1253.00']],
    ['SOFTWARE%20dev', ['15-1252.00']],
    ['15-125', ['15-1251.00', '15-1252.00', '15-1253.00', '15-1254.00']],
    ['sheriff%27s', ['33-3051.00']],
    ['no+such+words', []],
  ])('finds occupations by the words %s', async (words, codes) => {
    const found = await get(`/api/v1/occupations?q=${words}`);

    expect(found).toMatchObject({ items: codes.map((code) => ({ code })), total: codes.length });
  });

  test('describes one occupation as the file does', async () => {
    const row = sample.occupations.find((occupation) => occupation['O*NET-SOC Code'] === DATA_SCIENTISTS);

    expect(await get(`/api/v1/occupations/${DATA_SCIENTISTS}`)).toEqual({
      code: DATA_SCIENTISTS,
      title: 'Data Scientists',
      description: row?.['Description'],
      rated: false,
      release: '30.1',
      ...OF_THE_RELEASE,
    });
  });

  test('gives for every rated occupation the figures of the files, skill by skill', async () => {
    for (const code of sample.rated) {
      const skills = [...sample.skills].map(([elementId, name]) => {
        const level = sample.rating(code, elementId, 'LV');
        const importance = sample.rating(code, elementId, 'IM');
        return {
          element_id: elementId,
          skill_name: name,
          level: Number(level['Data Value']),
          level_n: Number(level['N']),
          level_standard_error: Number(level['Standard Error']),
          level_recommend_suppress: level['Recommend Suppress'] === 'Y',
          importance: Number(importance['Data Value']),
          importance_n: Number(importance['N']),
          importance_standard_error: Number(importance['Standard Error']),
          importance_recommend_suppress: importance['Recommend Suppress'] === 'Y',
          not_relevant: level['Not Relevant'] === 'Y',
        };
      });
      expect(await get(`/api/v1/occupations/${code}/skills`)).toMatchObject({ occupation: { code }, skills });
    }
  });

  test.each([
    [`/api/v1/occupations/${UNKNOWN}`, '404 OCCUPATION_NOT_FOUND code'],
    [`/api/v1/occupations/${UNKNOWN}/skills`, '404 OCCUPATION_NOT_FOUND code'],
    [`/api/v1/occupations/${DATA_SCIENTISTS}/skills`, '422 OCCUPATION_NOT_RATED code'],
  ])('%s is %s', async (path, gist) => {
    expect(gistOf(await api.client.get(path))).toBe(gist);
  });

  test('lists the skills in element order, and the scales', async () => {
    expect(await get('/api/v1/skills')).toEqual({
      release: '30.1',
      items: [...sample.skills].map(([element_id, skill_name]) => ({
        element_id,
        skill_name,
        description: null,
        level_anchors: [],
      })),
    });
    expect(await get('/api/v1/scales')).toEqual({
      release: '30.1',
      items: sample.scales
        .map((row) => ({
          scale_id: row['Scale ID'] ?? '',
          scale_name: row['Scale Name'],
          minimum: Number(row['Minimum']),
          maximum: Number(row['Maximum']),
        }))
        .sort((a, b) => (a.scale_id < b.scale_id ? -1 : 1)),
    });
  });

  test('tells where the data is from, when it was loaded, and what the licence asks for', async () => {
    const answer = (await get('/api/v1/releases')) as {
      items: { created_at: string; activated_at: string }[];
      attribution: string;
    };

    expect(answer.items).toEqual([
      expect.objectContaining({
        version: '30.1',
        label: 'bundled sample: 63 of the 1,016 occupations of release 30.1',
        source: 'text',
        status: 'ready',
        active: true,
        checksum: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        occupations: 63,
        rated_occupations: 60,
        skills: 35,
        ratings: 4200,
      }),
    ]);
    expect(answer.attribution).toContain('O*NET 30.1 Database');
    expect(answer.attribution).toContain('CC BY 4.0');
    for (const time of [answer.items[0]?.created_at, answer.items[0]?.activated_at]) {
      expect(Math.abs(Date.parse(time ?? '') - Date.now())).toBeLessThan(CLOCK_TOLERANCE_MS);
    }
  });

  test('is alive and ready', async () => {
    expect(await get('/health')).toEqual({ status: 'healthy' });
    expect(await get('/health/ready')).toEqual({
      status: 'ready',
      release: '30.1',
      database: 'up',
      redis: 'not configured',
    });
  });
});
