import { ask, askPages, askRows, headersFor, linkOf, VERSIONS } from '../support/onet-web-services/raw-client';
import { useOnetStub } from '../support/onet-web-services/use-onet-stub';
import { codeOf, SKILL_FILE, SmallRelease } from '../support/release-folder';
import type { Cells } from '../support/text-table';

const UNRATED = codeOf(10);

const key = (row: Readonly<Record<string, unknown>>): string =>
  [row['onetsoc_code'], row['element_id'], row['scale_id']].join(' ');

const textKey = (row: Cells): string => [row['O*NET-SOC Code'], row['Element ID'], row['Scale ID']].join(' ');

describe.each(VERSIONS)('The stub of the O*NET Web Services, version %s', (version) => {
  const release = new SmallRelease();
  const stub = useOnetStub({ release });
  const base = (): string => (version === 'v2' ? stub.v2Url : stub.v19Url);
  const keysOf = async (target: string): Promise<string[]> => (await askRows(stub, version, target)).row.map(key);

  /** The error of an answer that has this status. */
  const errorOf = async (path: string, status: number): Promise<string> => {
    const response = await ask(stub, version, path);
    expect(response.status).toBe(status);
    return ((await response.json()) as { error: string }).error;
  };

  test('lists its tables with the URLs of their columns and rows', async () => {
    const list: unknown = await (await ask(stub, version, '/database')).json();

    const tables = (version === 'v2' ? list : (list as { table: unknown }).table) as { table_id: string }[];
    expect(tables.map((table) => table.table_id)).toEqual([
      'interests',
      'job_zones',
      'occupation_data',
      'scales_reference',
      'skills',
    ]);
    expect(tables[4]).toEqual({
      table_id: 'skills',
      title: 'Skills',
      description: expect.stringContaining('Skills ratings') as string,
      info: `${base()}/database/info/skills`,
      rows: `${base()}/database/rows/skills`,
    });
  });

  test('says which columns a table has, and of what type', async () => {
    const info = (await (await ask(stub, version, '/database/info/skills')).json()) as { column: unknown[] };

    expect(info.column).toHaveLength(15);
    expect(info.column).toContainEqual({ column_id: 'date_updated', title: 'Date', type: 'Date' });
  });

  test('gives rows with numbers, nulls, ISO dates and the names from other tables', async () => {
    const { row } = await askRows(stub, version, `skills?filter=onetsoc_code.eq.${codeOf(1)}&filter=scale_id.eq.IM`);
    const occupations = await askRows(stub, version, 'occupation_data?end=1');
    const scales = await askRows(stub, version, 'scales_reference?start=4');

    expect(row[0]).toEqual({
      onetsoc_code: codeOf(1),
      title: 'Café Managers 🍰',
      element_id: '2.A.1.a',
      element_name: 'Reading Comprehension',
      scale_id: 'IM',
      scale_name: 'Importance',
      data_value: expect.any(Number) as number,
      n: null,
      standard_error: null,
      lower_ci_bound: null,
      upper_ci_bound: null,
      recommend_suppress: null,
      not_relevant: null,
      date_updated: '2023-08-01',
      domain_source: 'Analyst - Transition',
    });
    expect(occupations.row).toEqual([
      {
        onetsoc_code: codeOf(0),
        title: 'Occupation 1',
        description: `Does "the work" of ${codeOf(0)}; paid in €.`,
      },
    ]);
    expect(scales.row).toEqual([{ scale_id: 'VH', scale_name: 'Extent', minimum: -3, maximum: 3 }]);
  });

  test('gives every row exactly once and in order to whoever follows the links', async () => {
    const pages = await askPages(stub, version, 'skills');

    const rows = release.table(SKILL_FILE).rows();
    expect(pages.map(({ start, end, total }) => [start, end, total])).toEqual([
      [1, 20, 80],
      [21, 40, 80],
      [41, 60, 80],
      [61, 80, 80],
    ]);
    expect(pages.flatMap((page) => page.row).map((row) => row['data_value'])).toEqual(
      rows.map((row) => Number(row['Data Value'])),
    );
    expect(pages.flatMap((page) => page.row).map(key)).toEqual(rows.map(textKey));
  });

  test('links to the pages beside a page, with filters and sort', async () => {
    const filter = 'filter=scale_id.eq.LV&filter=element_name.contains.o&sort=data_value.descending';
    const first = await askRows(stub, version, `skills?end=7&${filter}`);
    const second = await askRows(stub, version, `skills?start=4&end=6&${filter}`);

    expect(linkOf(first, 'prev')).toBeUndefined();
    expect(linkOf(first, 'next')).toBe(`${base()}/database/rows/skills?start=8&end=14&${filter}`);
    expect(linkOf(second, 'prev')).toBe(`${base()}/database/rows/skills?start=1&end=3&${filter}`);
    expect(linkOf(second, 'next')).toBe(`${base()}/database/rows/skills?start=7&end=9&${filter}`);
  });

  test.each<[string, (row: Cells) => boolean]>([
    [`onetsoc_code.eq.${codeOf(1)}`, (row) => row['O*NET-SOC Code'] === codeOf(1)],
    ['onetsoc_code.startswith.11-10', (row) => row['O*NET-SOC Code']?.startsWith('11-10') === true],
    ['title.eq.café managers 🍰', (row) => row['O*NET-SOC Code'] === codeOf(1)],
    ['element_name.contains.PROGRAM', (row) => row['Element ID'] === '2.B.3.e'],
    ['data_value.eq.2.50', (row) => row['Data Value'] === '2.50'],
    ['data_value.lt.2.5', (row) => Number(row['Data Value']) < 2.5],
    ['data_value.lte.2.5', (row) => Number(row['Data Value']) <= 2.5],
    ['data_value.gt.2.5', (row) => Number(row['Data Value']) > 2.5],
    ['data_value.gte.2.5', (row) => Number(row['Data Value']) >= 2.5],
    ['n.eq.8', (row) => row['N'] === '8'],
    ['date_updated.eq.2023-08-01', (row) => row['Date'] === '08/2023'],
    ['date_updated.lt.2023-08-01', () => false],
    ['not_relevant.eq.n/a', () => false],
  ])('filters by %s', async (filter, matches) => {
    const keys = await keysOf(`skills?end=2000&filter=${encodeURIComponent(filter)}`);

    expect(keys).toEqual(release.table(SKILL_FILE).rows().filter(matches).map(textKey));
  });

  test('gives rows that match every filter', async () => {
    const keys = await keysOf(
      `skills?filter=onetsoc_code.eq.${codeOf(2)}&filter=element_id.startswith.2.b&filter=n.gt.7`,
    );

    expect(keys).toEqual(
      ['2.B.1.a IM', '2.B.1.a LV', '2.B.3.e IM', '2.B.3.e LV'].map((rating) => `${codeOf(2)} ${rating}`),
    );
  });

  test('sorts by columns, upwards or downwards, and leaves equal rows in order', async () => {
    const rows = release.table(SKILL_FILE).rows();
    const upwards = await askPages(stub, version, 'skills?sort=data_value');
    const downwards = await askPages(stub, version, 'skills?sort=onetsoc_code.descending&sort=scale_id');

    const byValue = rows.sort((one, other) => Number(one['Data Value']) - Number(other['Data Value']));
    expect(upwards.flatMap((page) => page.row).map(key)).toEqual(byValue.map(textKey));
    expect(downwards[0]?.row.slice(3, 5).map(key)).toEqual([`${codeOf(9)} 2.B.3.e IM`, `${codeOf(9)} 2.A.1.a LV`]);
  });

  test.each([
    ['start=0', /"start" must be at least 1/],
    ['start=-1', /"start" must be a whole number/],
    ['start=ten', /"start" must be a whole number/],
    ['start=1.5', /"start" must be a whole number/],
    ['start=5&end=4', /"end" must not be less than "start"/],
    ['start=1&end=2001', /At most 2000 rows/],
    ['start=81', /beyond the last of 80 rows/],
    ['filter=colour.eq.red', /filter column "colour" is unknown/],
    ['filter=title.lt.B', /operator "lt" is unknown for a column of type Text/],
    ['filter=data_value.contains.4', /operator "contains" is unknown for a column of type Number/],
    ['filter=data_value.lt.four', /"four" is not a number/],
    ['filter=date_updated.lt.08/2023', /"08\/2023" is not a date/],
    ['filter=title', /not of the form column\.operator\.value/],
    ['sort=colour', /sort column "colour" is unknown/],
    ['sort=title.upwards', /sort direction "upwards" is unknown/],
    [`filter=onetsoc_code.eq.${UNRATED}`, /No data is available for O\*NET-SOC code/],
  ])('refuses %s with status 422', async (query, message) => {
    expect(await errorOf(`/database/rows/skills?${query}`, 422)).toMatch(message);
  });

  test('gives a first page without rows for a table that has none', async () => {
    const { start, end, total, row } = await askRows(stub, version, 'job_zones');

    expect({ start, end, total, row }).toEqual({ start: 1, end: 0, total: 0, row: [] });
  });

  test.each([
    '/database/rows/essential_skills',
    '/database/rows/nothing',
    '/database/rows',
    '/database/nothing/skills',
    '/about',
  ])('does not know %s', async (path) => {
    expect(await errorOf(path, 404)).toBe('Resource not found.');
  });

  test('answers other methods than GET with status 405', async () => {
    const response = await fetch(`${base()}/database`, { method: 'POST', headers: headersFor(stub, version) });

    expect(response.status).toBe(405);
  });

  test('refuses missing and wrong credentials with a page of HTML', async () => {
    const wrong = { 'x-api-key': 'wrong', authorization: `Basic ${btoa('stub-user:wrong')}` };

    for (const headers of [{}, wrong]) {
      const response = await ask(stub, version, '/database', { accept: 'application/json', ...headers });
      expect([response.status, response.headers.get('content-type')]).toEqual([401, 'text/html; charset=utf-8']);
      expect(response.headers.has('www-authenticate')).toBe(version === 'v1.9');
    }
  });
});
