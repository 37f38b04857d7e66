import type { Answer } from '../support/e2e/http';
import { useApi, type ServingApi } from '../support/e2e/processes';

const APP = 'https://app.example.org';
const SHOP = 'https://shop.example.org:8443';
const STRANGER = 'https://evil.example.com';
const PATH = '/api/v1/skills';

const ALLOWED_ORIGIN = 'access-control-allow-origin';

function useApiFor(origins: string | null): ServingApi {
  return useApi(() => Promise.resolve({ environment: origins === null ? {} : { CORS_ORIGINS: origins } }));
}

function preflight({ client }: ServingApi, origin: string): Promise<Answer> {
  const headers = {
    origin,
    'access-control-request-method': 'GET',
    'access-control-request-headers': 'if-none-match,x-request-id',
  };
  return client.send({ method: 'OPTIONS', path: PATH, headers });
}

describe('With CORS_ORIGINS left alone, a browser', () => {
  const api = useApiFor(null);

  test('may read answers, errors included, for pages of any origin', async () => {
    const found = await api.client.get(PATH, { origin: STRANGER });
    const missing = await api.client.get('/api/v1/nothing', { origin: STRANGER });

    expect([found, missing].map((answer) => answer.header(ALLOWED_ORIGIN))).toEqual(['*', '*']);
  });

  test('may read the headers that tell about caching, limits, waiting and the request', async () => {
    const exposed = (await api.client.get(PATH, { origin: APP })).header('access-control-expose-headers');

    expect(exposed?.split(/, */).sort()).toEqual([
      ...['ETag', 'Location'],
      ...['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'],
      ...['Retry-After', 'X-Request-Id'],
    ]);
  });

  test('may send the headers that the API knows', async () => {
    const answer = await preflight(api, STRANGER);

    expect(answer.status).toBe(204);
    expect(answer.header(ALLOWED_ORIGIN)).toBe('*');
    expect(answer.header('access-control-allow-methods')).toContain('GET');
    expect(answer.header('access-control-allow-headers')).toBe('if-none-match,x-request-id');
  });

  test('never gets leave to send cookies', async () => {
    expect((await preflight(api, APP)).header('access-control-allow-credentials')).toBeUndefined();
  });
});

describe('With a list in CORS_ORIGINS, a browser', () => {
  const api = useApiFor(`${APP}, ${SHOP}`);

  test.each([APP, SHOP])('may read answers for pages of %s', async (origin) => {
    const answer = await api.client.get(PATH, { origin });

    expect(answer.header(ALLOWED_ORIGIN)).toBe(origin);
    // a shared cache must not give one origin's answer to another
    expect(answer.header('vary')?.toLowerCase()).toContain('origin');
    expect((await preflight(api, origin)).header(ALLOWED_ORIGIN)).toBe(origin);
  });

  test.each([STRANGER, `${APP}.evil.example.com`, 'http://app.example.org', 'null'])(
    'may not for pages of %s',
    async (origin) => {
      const answer = await api.client.get(PATH, { origin });

      expect(answer.status).toBe(200);
      expect(answer.header(ALLOWED_ORIGIN)).toBeUndefined();
      expect((await preflight(api, origin)).header(ALLOWED_ORIGIN)).toBeUndefined();
    },
  );
});

describe('With CORS_ORIGINS=none, a browser', () => {
  const api = useApiFor('none');

  test('may not read answers for pages of other origins', async () => {
    expect((await api.client.get(PATH, { origin: APP })).header(ALLOWED_ORIGIN)).toBeUndefined();
    expect((await preflight(api, APP)).header(ALLOWED_ORIGIN)).toBeUndefined();
  });

  test('may still use the page that the process serves itself', async () => {
    expect((await api.client.get('/docs')).status).toBe(200);
    expect((await api.client.get(PATH)).status).toBe(200);
  });
});
