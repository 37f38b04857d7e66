import type { Answer } from '../support/e2e/http';
import { useApi } from '../support/e2e/processes';
import { gistOf, problemOf } from '../support/e2e/problems';
import { exchangeRaw } from '../support/e2e/raw-exchange';

const GAP = '/api/v1/skill-gap';
const BY_LEVEL = '/api/v1/skill-gap-by-lvl';
const OCCUPATIONS = '/api/v1/occupations';
const PAIR = 'from=11-1011.00&to=11-3013.00';
const BODY_LIMIT = 64 * 1024;
const HEADER_LIMIT = 16 * 1024;

describe('A request that is not valid', () => {
  const api = useApi(() => Promise.resolve({}));

  test.each([
    [GAP, 'from to'],
    [`${GAP}?from=11-1011.00`, 'to'],
    [`${GAP}?to=11-1011.00`, 'from'],
    [BY_LEVEL, 'from to'],
    [`${BY_LEVEL}?from=&to=11-1011.00`, 'from'],
    [`${BY_LEVEL}?from=11-1011&to=11-3013.00`, 'from'],
    [`${BY_LEVEL}?from=11-1011.00&to=11-3013.000`, 'to'],
    [`${GAP}?from=%2011-1011.00&to=11-3013.00`, 'from'],
    [`${GAP}?from=11-1011.00%0A&to=11-3013.00`, 'from'],
    [`${GAP}?from=${'١'.repeat(2)}-1011.00&to=11-3013.00`, 'from'],
    [`${GAP}?${PAIR}&from=11-1011.00`, 'from'],
    [`${BY_LEVEL}?${PAIR}&to=11-3013.00&to=11-3013.00`, 'to'],
    [`${GAP}?from[]=11-1011.00&to=11-3013.00`, 'from[] from'],
    [`${GAP}?${PAIR}&limit=3`, 'limit'],
    [`${BY_LEVEL}?${PAIR}&From=11-1011.00`, 'From'],
    [`${OCCUPATIONS}?page=0`, 'page'],
    [`${OCCUPATIONS}?page=-1`, 'page'],
    [`${OCCUPATIONS}?page=1.5`, 'page'],
    [`${OCCUPATIONS}?page=1e3`, 'page'],
    [`${OCCUPATIONS}?page=one`, 'page'],
    [`${OCCUPATIONS}?page=`, 'page'],
    [`${OCCUPATIONS}?page=1000001`, 'page'],
    [`${OCCUPATIONS}?page=1&page=2`, 'page'],
    [`${OCCUPATIONS}?page_size=0`, 'page_size'],
    [`${OCCUPATIONS}?page_size=201`, 'page_size'],
    [`${OCCUPATIONS}?page_size=99999999999999999999`, 'page_size'],
    [`${OCCUPATIONS}?page=0&page_size=0`, 'page page_size'],
    [`${OCCUPATIONS}?q=a&q=b`, 'q'],
    [`${OCCUPATIONS}?q=${'a'.repeat(101)}`, 'q'],
    [`${OCCUPATIONS}?size=3`, 'size'],
    [`${OCCUPATIONS}/15-1252`, 'code'],
    [`${OCCUPATIONS}/15-1252.0`, 'code'],
    [`${OCCUPATIONS}/15-1252.00%20`, 'code'],
    [`${OCCUPATIONS}/abc/skills`, 'code'],
    [`${OCCUPATIONS}/15-1252.00?x=1`, 'x'],
    [`${OCCUPATIONS}/15-1252.00/skills?x=1`, 'x'],
    ['/api/v1/skills?x=1', 'x'],
    ['/api/v1/scales?x=1', 'x'],
    ['/api/v1/releases?x=1', 'x'],
    ['/api/v1/skills?nothing=', 'nothing'],
    ['/api/v1/skills?a=1&b=2', 'a b'],
    // names that every JavaScript object has
    ['/api/v1/skills?constructor=1', 'constructor'],
    ['/api/v1/skills?toString=1', 'toString'],
    ['/api/v1/skills?__proto__=1', '__proto__'],
    [`${OCCUPATIONS}?constructor=1`, 'constructor'],
  ])('%s names %s', async (path, parameters) => {
    const answer = await api.client.get(encodeNonAscii(path));

    const named = new Set((problemOf(answer).errors ?? []).map(({ parameter }) => parameter));
    expect(answer.status).toBe(400);
    expect(problemOf(answer).code).toBe('VALIDATION_FAILED');
    expect([...named].sort()).toEqual(parameters.split(' ').sort());
  });

  test.each([
    [`${GAP}?to=11-3013.00`, '"from" is missing: give an O*NET-SOC code such as 11-1011.00.'],
    [`${GAP}?from=abc&to=11-3013.00`, '"from" must be an O*NET-SOC code such as 11-1011.00, not "abc".'],
    [`${GAP}?${PAIR}&to=1`, '"to" is given 2 times: give it once, an O*NET-SOC code such as 11-3013.00.'],
    [`${GAP}?${PAIR}&limit=3`, '"limit" is not a parameter of this request; it takes from, to.'],
    [`${OCCUPATIONS}?page_size=1000`, '"page_size" must be a whole number from 1 to 200, not "1000".'],
    ['/api/v1/skills?x=1', '"x" is not a parameter of this request; it takes none.'],
  ])('%s is told: %s', async (path, detail) => {
    expect(problemOf(await api.client.get(path)).detail).toBe(detail);
  });

  test.each(['/%zz', `${OCCUPATIONS}/%zz`, `${OCCUPATIONS}/%E0%A4%A`])('%s is no path', async (path) => {
    const answer = await api.client.get(path);

    expect(gistOf(answer)).toBe('400 VALIDATION_FAILED');
  });

  test('that stretches a path parameter beyond all measure is refused', async () => {
    const answer = await api.client.get(`${OCCUPATIONS}/${'1'.repeat(5000)}`);

    expect(answer.status).toBe(400);
    expect(problemOf(answer).code).toBe('VALIDATION_FAILED');
  });

  test.each(['/nothing', '/api', '/api/v1', '/api/v2/skills', '/api/v1/skills/', '/api/v1/Skills', '/docs/nothing.js'])(
    '%s is not found',
    async (path) => {
      expect(gistOf(await api.client.get(path))).toBe('404 NOT_FOUND');
    },
  );

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s is not offered on a route that answers GET', async (method) => {
    const answer = await api.client.send({ method, path: '/api/v1/skills' });

    expect(gistOf(answer)).toBe('404 NOT_FOUND');
  });

  test('OPTIONS without the headers of a preflight is answered like any other method', async () => {
    const answer = await api.client.send({ method: 'OPTIONS', path: '/api/v1/skills' });

    expect([204, 404]).toContain(answer.status);
  });

  test.each([
    [
      'with more than the body limit',
      'application/json',
      JSON.stringify('a'.repeat(BODY_LIMIT)),
      '413 PAYLOAD_TOO_LARGE body',
    ],
    ['with a body that is no JSON', 'application/json', '{"from":', '400 VALIDATION_FAILED'],
    ['with a body that is not for this API', 'text/csv', 'from,to', '404 NOT_FOUND'],
    ['with a content type that is none', 'nonsense', 'from,to', '415 UNSUPPORTED_MEDIA_TYPE content-type'],
  ])('%s is refused', async (_, type, body, gist) => {
    const headers = { 'content-type': type, 'content-length': String(Buffer.byteLength(body)) };

    expect(gistOf(await api.client.send({ method: 'POST', path: GAP, headers, body }))).toBe(gist);
  });

  test.each([
    ['that is not HTTP', 'HELLO\r\n\r\n', '400 VALIDATION_FAILED'],
    ['with an unknown method', 'FETCH /health HTTP/1.1\r\nHost: localhost\r\n\r\n', '400 VALIDATION_FAILED'],
    [
      'with more headers than fit',
      `GET /health HTTP/1.1\r\nHost: localhost\r\nCookie: ${'a'.repeat(HEADER_LIMIT)}\r\n\r\n`,
      '431 HEADERS_TOO_LARGE',
    ],
    [
      'that does not say which host it is for',
      'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n',
      '400 VALIDATION_FAILED host',
    ],
  ])('%s is a problem too', async (_, request, gist) => {
    const answer = await sendRaw(api.url, request);

    expect(gistOf(answer)).toBe(gist);
    // there is no path that could be named
    expect((await api.client.contract()).deviations({ path: '/' }, answer)).toEqual([]);
  });

  test('that names the server along with the path is told the path alone', async () => {
    const request = `GET http://another.example/api/v1/skills?x=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
    const answer = await sendRaw(api.url, request);

    expect(gistOf(answer)).toBe('400 VALIDATION_FAILED x');
    expect((await api.client.contract()).deviations({ path: '/api/v1/skills' }, answer)).toEqual([]);
  });

  test('leaves the next one unharmed', async () => {
    expect((await api.client.get(`${GAP}?${PAIR}`)).status).toBe(200);
  });
});

describe('Every request', () => {
  const api = useApi(() => Promise.resolve({}));

  test.each(['/health', '/api/v1/skills', `${GAP}?${PAIR}`, `${OCCUPATIONS}/15-1252.00`, '/api/v1/releases'])(
    'HEAD %s is answered as GET is, without the body',
    async (path) => {
      const get = await api.client.get(path);
      const head = await api.client.send({ method: 'HEAD', path });

      expect(head.status).toBe(200);
      expect(head.body).toBe('');
      for (const name of ['content-type', 'content-length', 'etag', 'cache-control']) {
        expect(head.header(name)).toBe(get.header(name));
      }
    },
  );

  test('HEAD of what is not there is an error without a body', async () => {
    const head = await api.client.send({ method: 'HEAD', path: '/api/v1/occupations/99-9999.99' });

    expect(head.status).toBe(404);
    expect(head.body).toBe('');
  });

  test.each(['a', 'trace-1.2:3_4', 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6', 'x'.repeat(64)])(
    'keeps the id %s that the client gave it',
    async (id) => {
      const found = await api.client.get('/health', { 'x-request-id': id });
      const missing = await api.client.get('/nothing', { 'x-request-id': id });
      const broken = await api.client.get('/%zz', { 'x-request-id': id });

      expect([found, missing, broken].map((answer) => answer.header('x-request-id'))).toEqual([id, id, id]);
    },
  );

  test.each(['x'.repeat(65), 'a b', '<script>', 'a"b', 'a,b', '%0d%0aSet-Cookie', 'é'])(
    'gets an id of its own where the client gave it %s',
    async (id) => {
      const answer = await api.client.get('/health', { 'x-request-id': id });

      expect(answer.header('x-request-id')).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    },
  );

  test('is answered though it expects what this server does not know', async () => {
    const answer = await api.client.get(`${GAP}?${PAIR}`, { expect: 'the-unexpected' });

    expect(answer.status).toBe(200);
  });

  test('may leave out for which host it is in HTTP/1.0, which did not ask for that', async () => {
    const answer = await sendRaw(api.url, 'GET /health HTTP/1.0\r\n\r\n');

    expect(answer.status).toBe(200);
  });

  test('gets another id than the one before', async () => {
    const ids = [await api.client.get('/health'), await api.client.get('/health')].map((answer) =>
      answer.header('x-request-id'),
    );

    expect(ids[0]).not.toBe(ids[1]);
  });

  test('of a browser is sent from / to the documentation', async () => {
    const answer = await api.client.get('/');

    expect(answer.status).toBe(302);
    expect(answer.header('location')).toBe('/docs');
  });
});

/** Sends bytes as they are. */
async function sendRaw(url: string, request: string): Promise<Answer> {
  const [answer] = await exchangeRaw(url, { bytes: Buffer.from(request, 'latin1') });
  if (answer === undefined) throw new Error('The server closed the connection without an answer');
  return answer;
}

function encodeNonAscii(path: string): string {
  return path.replace(/[^ -~]/gu, (character) => encodeURIComponent(character));
}
