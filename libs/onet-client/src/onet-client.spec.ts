import type { RequestListener } from 'node:http';
import { onetConfig, UnlimitedOnet, V19, V2 } from '../../../test/support/onet-client';
import { useStubServer } from '../../../test/support/stub-server';
import { rejectionOf } from '../../../test/support/thrown-by';
import type { OnetClient } from './onet-client';
import { OnetMalformedError } from './onet-errors';

const TABLES = [
  { table_id: 'occupation_data', title: 'Occupation Data' },
  { table_id: 'skills', title: 'Skills' },
];

const json =
  (body: unknown, status = 200): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  };

const { signal } = new AbortController();

/** Answers for a table with that many rows, each holding its place, as a version of the Web Services does it. */
const table =
  (total: number, version: 'v2' | 'v1.9', host = 'https://elsewhere.example'): RequestListener =>
  (request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://localhost');
    const start = Number(searchParams.get('start'));
    const end = Math.min(Number(searchParams.get('end')), total);
    const row = Array.from({ length: Math.max(end - start + 1, 0) }, (_, index) => ({ place: start + index }));
    const href = `${host}/database/rows/skills?start=${end + 1}&end=${2 * end - start + 1}`;
    const link = version === 'v2' ? { next: href } : { link: [{ href, rel: 'next' }] };
    json({ start, end, total, row, ...(end < total ? link : {}) })(request, response);
  };

describe('OnetClient', () => {
  const server = useStubServer();

  const clientWith = (credentials: Record<string, string> = V2): OnetClient =>
    new UnlimitedOnet(onetConfig({ ...credentials, ONET_API_BASE_URL: server.url })).client;

  const paths = (): string[] => server.requests.map(({ path }) => path);

  describe('without credentials', () => {
    it('says that it is not configured', () => {
      expect(new UnlimitedOnet(onetConfig({})).client.configured).toBe(false);
    });

    it.each<[string, (client: OnetClient) => Promise<unknown>]>([
      ['tables', (client) => client.tables(signal)],
      ['skillTables', (client) => client.skillTables(signal)],
      ['check', (client) => client.check(signal)],
      ['rows', (client) => client.rows('skills', { signal })],
      ['pages', (client) => client.pages('skills', { signal }).next()],
    ])('fails in %s', async (_name, call) => {
      const onet = new UnlimitedOnet(onetConfig({}));
      expect([await rejectionOf(call(onet.client)), onet.taken]).toMatchObject([{ kind: 'not-configured' }, 0]);
    });
  });

  describe.each([
    ['2', V2, TABLES],
    ['1.9', V19, { table: TABLES }],
  ])('of version %s', (_version, credentials, tables) => {
    it('is configured', () => {
      expect(clientWith(credentials).configured).toBe(true);
    });

    it('lists the tables', async () => {
      server.answer(json(tables));
      expect(await clientWith(credentials).tables(signal)).toEqual([
        { id: 'occupation_data', title: 'Occupation Data' },
        { id: 'skills', title: 'Skills' },
      ]);
    });

    it('finds the tables of the skills', async () => {
      server.answer(json(tables));
      expect(await clientWith(credentials).skillTables(signal)).toEqual(['skills']);
    });
  });

  it('fails where there are no tables of the skills', async () => {
    server.answer(json([]));
    expect(await rejectionOf(clientWith().skillTables(signal))).toBeInstanceOf(OnetMalformedError);
  });

  it('asks for the tables once an hour', async () => {
    let minutes = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => minutes * 60_000);
    server.answer(json(TABLES));
    const client = clientWith();
    const seen: number[] = [];
    for (minutes of [0, 59, 61, 120, 122]) {
      await client.tables(signal);
      seen.push(server.requests.length);
    }
    expect(seen).toEqual([1, 1, 2, 2, 3]);
  });

  it('does not remember a failure', async () => {
    server.answer(json({}, 404), json(TABLES));
    const client = clientWith();
    await client.tables(signal).catch(() => undefined);
    expect(await client.tables(signal)).toHaveLength(2);
  });

  it('asks each time it is to see whether the credentials are good', async () => {
    server.answer(json(TABLES), json({}, 401));
    const client = clientWith();
    await client.check(signal);
    expect(await rejectionOf(client.check(signal))).toMatchObject({ kind: 'bad-credentials' });
  });

  it.each([
    ['v2', V2],
    ['v1.9', V19],
  ] as const)('reads all pages of %s, each from where we were told the service is', async (version, credentials) => {
    server.answer(table(7, version));
    const rows = await clientWith(credentials).rows('skills', { pageSize: 3, signal });
    expect(rows.map(({ place }) => place)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(paths()).toEqual(
      ['start=1&end=3', 'start=4&end=6', 'start=7&end=9'].map((range) => `/database/rows/skills?${range}`),
    );
  });

  it('tells with each page where it stands', async () => {
    server.answer(table(5, 'v2'));
    const pages: unknown[] = [];
    for await (const { start, end, total } of clientWith().pages('skills', { pageSize: 3, signal })) {
      pages.push([start, end, total]);
    }
    expect(pages).toEqual([
      [1, 3, 5],
      [4, 5, 5],
    ]);
  });

  it('asks for 2,000 rows at a time, filtered and sorted', async () => {
    server.answer(table(1, 'v2'));
    await clientWith().rows('a/b', {
      filters: [
        { column: 'onetsoc_code', operator: 'eq', value: '15-1252.00' },
        { column: 'title', operator: 'contains', value: 'a & b' },
      ],
      sort: 'element_id.descending',
      signal,
    });
    expect(paths()).toEqual([
      '/database/rows/a%2Fb?start=1&end=2000&filter=onetsoc_code.eq.15-1252.00' +
        '&filter=title.contains.a%20%26%20b&sort=element_id.descending',
    ]);
  });

  it('begins where it is told', async () => {
    server.answer(table(7, 'v2'));
    const rows = await clientWith().rows('skills', { start: 6, pageSize: 3, signal });
    expect(rows.map(({ place }) => place)).toEqual([6, 7]);
  });

  it('asks for no page that nobody wants', async () => {
    server.answer(table(7, 'v2'));
    for await (const page of clientWith().pages('skills', { pageSize: 3, signal })) {
      if (page.start === 1) break;
    }
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['an empty page', json({ start: 1, end: 0, total: 0, row: [] })],
    ['a 422', json({ error: 'No data' }, 422)],
  ])('finds no data in %s', async (_what, answer) => {
    server.answer(answer);
    expect(await rejectionOf(clientWith().rows('skills', { signal }))).toMatchObject({ kind: 'no-data' });
  });

  it.each([
    ['the second page is not there', json({ error: 'No data' }, 422), 'refused'],
    ['the second page is empty', json({ start: 4, end: 3, total: 7, row: [] }), 'malformed'],
    ['the table shrinks meanwhile', table(6, 'v2'), 'malformed'],
    ['the table is gone meanwhile', json({ start: 0, end: 0, total: 0, row: [] }), 'malformed'],
    ['the first page comes again', json({ start: 1, end: 3, total: 7, row: [{}, {}, {}] }), 'malformed'],
    ['a page is no object', json([]), 'malformed'],
  ])('never takes it for all rows, or none, where %s', async (_what, second, kind) => {
    server.answer(table(7, 'v2'), second);
    expect(await rejectionOf(clientWith().rows('skills', { pageSize: 3, signal }))).toMatchObject({ kind });
  });

  it('does not read version 1.9 by the rules of version 2', async () => {
    server.answer(table(7, 'v2'));
    const error = await rejectionOf(clientWith(V19).rows('skills', { pageSize: 3, signal }));
    expect(error).toMatchObject({
      kind: 'malformed',
      message:
        'What the O*NET Web Services delivered for rows 1 to 3 of skills cannot be used: it ends with row 3 of 7, and ' +
        'names no next page.',
    });
  });

  it('asks for no more pages once it is called off', async () => {
    const controller = new AbortController();
    const reason = new Error('The job was cancelled');
    server.answer(table(7, 'v2'));
    const reading = (async () => {
      for await (const page of clientWith().pages('skills', { pageSize: 3, signal: controller.signal })) {
        if (page.start === 1) controller.abort(reason);
      }
    })();
    expect(await rejectionOf(reading)).toBe(reason);
    expect(server.requests).toHaveLength(1);
  });
});
