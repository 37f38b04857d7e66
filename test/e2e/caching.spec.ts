import { useApi } from '../support/e2e/processes';

const GAP = '/api/v1/skill-gap?from=11-1011.00&to=11-3013.00';
const BUILT_FROM_THE_RELEASE = [
  GAP,
  '/api/v1/skill-gap-by-lvl?from=11-1011.00&to=11-3013.00',
  '/api/v1/occupations',
  '/api/v1/occupations?q=software',
  '/api/v1/occupations/15-1252.00',
  '/api/v1/occupations/15-1252.00/skills',
  '/api/v1/skills',
  '/api/v1/scales',
];

describe('An answer built from the release', () => {
  const api = useApi(() => Promise.resolve({}));
  const etagOf = async (path: string): Promise<string> => (await api.client.get(path)).header('etag') ?? '';

  test.each(BUILT_FROM_THE_RELEASE)('%s need not be sent again to a client that has it', async (path) => {
    const first = await api.client.get(path);
    const etag = first.header('etag') ?? '';

    const second = await api.client.get(path, { 'if-none-match': etag });

    expect(first.status).toBe(200);
    expect(etag).toMatch(/^"[\w.-]+"$/);
    expect(first.header('cache-control')).toBe('no-cache');
    expect(second.status).toBe(304);
    expect(second.body).toBe('');
    expect(second.header('content-type')).toBeUndefined();
    // a cache keeps what it has under what it is told now
    expect(second.header('etag')).toBe(etag);
    expect(second.header('cache-control')).toBe('no-cache');
  });

  test.each([
    ['the tag alone', (etag: string) => etag],
    ['a weak form of it, as a proxy that compresses makes it', (etag: string) => `W/${etag}`],
    ['a list with it in the middle', (etag: string) => `"a", ${etag}, "b"`],
    ['a list without spaces', (etag: string) => `"a",${etag}`],
    ['a list of weak tags', (etag: string) => `W/"a", W/${etag}`],
    ['any tag', () => '*'],
  ])('is not sent again for %s', async (_, header) => {
    const answer = await api.client.get(GAP, { 'if-none-match': header(await etagOf(GAP)) });

    expect(answer.status).toBe(304);
  });

  test.each([
    ['another tag', () => '"something-else"'],
    ['a list without it', () => '"a", "b", W/"c"'],
    ['the tag without its quotes', (etag: string) => etag.replaceAll('"', '')],
    ['a part of it', (etag: string) => `${etag.slice(0, -2)}"`],
    ['nothing', () => ''],
  ])('is sent for %s', async (_, header) => {
    const answer = await api.client.get(GAP, { 'if-none-match': header(await etagOf(GAP)) });

    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({ release: '30.1' });
  });

  test('is not sent again to a HEAD request either', async () => {
    const headers = { 'if-none-match': await etagOf(GAP) };

    expect((await api.client.send({ method: 'HEAD', path: GAP, headers })).status).toBe(304);
  });

  test('has a tag that is the same for the same request, and another for every other one', async () => {
    const paths = [
      ...BUILT_FROM_THE_RELEASE,
      '/api/v1/skill-gap?from=11-3013.00&to=11-1011.00',
      '/api/v1/occupations?page=2',
      '/api/v1/occupations?q=Software',
      '/api/v1/occupations/15-1251.00',
    ];

    const first = await Promise.all(paths.map(etagOf));
    const second = await Promise.all(paths.map(etagOf));

    expect(second).toEqual(first);
    expect(new Set(first).size).toBe(paths.length);
  });

  test.each([
    '/api/v1/skill-gap?from=11-1011.00&to=15-2051.00',
    '/api/v1/skill-gap?from=11-1011.00&to=99-9999.99',
    '/api/v1/skill-gap?from=11-1011.00',
    '/api/v1/occupations/99-9999.99',
  ])('has no tag where it is an error: %s', async (path) => {
    const answer = await api.client.get(path, { 'if-none-match': '*' });

    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.header('etag')).toBeUndefined();
  });

  test('is the only kind with a tag: what may change without a release has none', async () => {
    for (const path of ['/health', '/health/ready', '/api/v1/releases']) {
      const answer = await api.client.get(path, { 'if-none-match': '*' });
      expect(answer.status).toBe(200);
      expect(answer.header('etag')).toBeUndefined();
    }
  });

  test.each(['/health', '/health/ready'])('%s must not be kept by any cache', async (path) => {
    expect((await api.client.get(path)).header('cache-control')).toBe('no-store');
  });
});
