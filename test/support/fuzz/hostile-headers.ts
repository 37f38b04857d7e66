import fc from 'fast-check';
import type { FuzzedRequest, Header } from './fuzzed-request';
import { bytesOf, hostileText } from './hostile-text';

/** Keys that a request may carry: the right ones, and what an attacker would try. */
export interface Keys {
  readonly admin: string;
  readonly client: string;
}

/** Without what would end the header: whoever wants to send that sends another header. */
const headerText = hostileText.map((text) => bytesOf(text).replace(/[^\t -~\x80-\xff]/g, ''));

const IF_NONE_MATCH = ['*', '"x"', 'W/"x"', '"', ',,,', `${'"a",'.repeat(2000)}"b"`, '"\xff"'];
const TYPES = [
  'application/json; charset=utf-16',
  'application/json;charset=',
  'APPLICATION/JSON',
  'application/json, text/plain',
  'application/vnd.api+json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain',
  'text/csv',
  '*/*',
  '/',
  '__proto__/constructor',
  '',
];
const ACCEPT = ['text/html', '*/*;q=0', 'application/xml', ',', 'application/json;q=nope'];

const named = (name: string, values: fc.Arbitrary<string>): fc.Arbitrary<Header> =>
  values.map((value) => [name, value] as const);

const oneHeader: fc.Arbitrary<Header> = fc.oneof(
  named('If-None-Match', fc.oneof(fc.constantFrom(...IF_NONE_MATCH), headerText)),
  named('X-Request-Id', fc.oneof(headerText, fc.constantFrom('a'.repeat(64), 'a'.repeat(65), 'trace-1', '../x'))),
  named('Accept', fc.oneof(fc.constantFrom(...ACCEPT), headerText)),
  named('Content-Type', fc.oneof(fc.constantFrom(...TYPES), headerText)),
  named('X-API-Key', headerText),
  named('Origin', fc.oneof(fc.constantFrom('null', 'http://evil.example', 'file://'), headerText)),
  named('Cookie', headerText),
  named('Last-Event-ID', fc.oneof(fc.constantFrom('completed-1', 'cancelled-1'), headerText)),
  named('Range', fc.constantFrom('bytes=0-1', 'bytes=-1', 'bytes=0-,0-,0-', 'nope')),
  named('X-Forwarded-For', fc.oneof(fc.constantFrom('127.0.0.1', '::1, 10.0.0.1'), headerText)),
  named('X-HTTP-Method-Override', fc.constantFrom('DELETE', 'POST')),
  named('X-Original-URL', fc.constant('/api/v1/admin/jobs')),
  named('Accept-Encoding', fc.constantFrom('gzip, br', 'identity;q=0', '*;q=0')),
  named('Accept-Version', fc.constantFrom('1.0.0', '*', '__proto__')),
  named('Upgrade', fc.constantFrom('h2c', 'websocket', 'TLS/1.0')),
  named('Expect', fc.constantFrom('100-continue', 'nonsense', '')),
  named('Access-Control-Request-Method', fc.constantFrom('POST', 'GET', 'NOPE')),
  named('__proto__', fc.constant('1')),
  named('constructor', fc.constant('1')),
);

export const hostileHeaders: fc.Arbitrary<readonly Header[]> = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  { weight: 3, arbitrary: fc.array(oneHeader, { minLength: 1, maxLength: 3 }) },
);

export const bearer = (key: string): Header => ['Authorization', `Bearer ${key}`];

/** Who sends a request: mostly somebody with the key. */
export function authorization({ admin }: Keys): fc.Arbitrary<readonly Header[]> {
  const changed = [`${admin}x`, admin.slice(1), admin.toUpperCase(), `${admin},${admin}`];
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
  return fc.oneof(
    { weight: 8, arbitrary: fc.constant([bearer(admin)]) },
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: fc.constantFrom(...changed).map((key) => [bearer(key)]) },
    { weight: 1, arbitrary: headerText.map((text) => [['Authorization', text]] as const) },
    { weight: 1, arbitrary: headerText.map((text) => [['Authorization', `Bearer ${text}`]] as const) },
    { weight: 1, arbitrary: hostileText.map((text) => [['Authorization', basic(`a:${text}`)]] as const) },
    { weight: 1, arbitrary: fc.constant([bearer(`${admin}x`), bearer(admin)]) },
  );
}

/** Ways in which requests differ about where they end; what `http.request` would not send. */
const FRAMINGS: readonly ((request: FuzzedRequest) => Partial<FuzzedRequest>)[] = [
  (request) => ({ headers: without(request, 'host') }),
  (request) => ({ headers: [...request.headers, ['Host', 'another.example']] }),
  () => ({ version: 'HTTP/1.0' }),
  () => ({ version: 'HTTP/2.0' }),
  () => ({ version: '' }),
  (request) => ({ headers: [...request.headers, ['Content-Length', '5000']] }),
  (request) => framed(request, '99999999999999999999'),
  (request) => framed(request, '-1'),
  (request) => framed(request, '+1'),
  (request) => framed(request, '1, 2'),
  (request) => framed(request, String(request.body.length + 500)),
  (request) => framed(request, '1'),
  (request) => ({ headers: [...request.headers, ['Transfer-Encoding', 'chunked']] }),
  (request) => chunked(request, `${request.body.length.toString(16)}\r\n${request.body}\r\n0\r\n\r\n`),
  (request) => chunked(request, 'zz\r\nnope'),
  (request) => chunked(request, `ffffffffffffffff\r\n${request.body}`),
  (request) => chunked(request, `1;${'x'.repeat(20_000)}\r\n`),
  (request) => ({ headers: [...without(request, 'content-length'), ['Transfer-Encoding', 'gzip, chunked']] }),
  (request) => ({ headers: [...request.headers, ['X-Folded', 'a\r\n b']] }),
  (request) => ({ headers: [...request.headers, ['X-Nul', 'a\0b']] }),
  (request) => ({ headers: [...request.headers, ['X-Injected ', '1']] }),
  (request) => ({ headers: [...request.headers, ['X-Long', 'a'.repeat(17_000)]] }),
  (request) => ({ headers: [...request.headers, ...Array.from({ length: 1500 }, (): Header => ['X', '1'])] }),
  ({ target }) => ({ target: `http://evil.example${target}` }),
  ({ target }) => ({ target: target.slice(1) }),
  ({ target }) => ({ target: `${target} x` }),
  () => ({ target: '*' }),
  ({ method }) => ({ method: method.toLowerCase() }),
  () => ({ method: 'CONNECT' }),
  ({ body }) => ({ body: `${body}GET /api/v1/admin/jobs HTTP/1.1\r\nHost: a\r\n\r\n` }),
];

const without = ({ headers }: FuzzedRequest, name: string): readonly Header[] =>
  headers.filter(([other]) => other.toLowerCase() !== name);

const framed = (request: FuzzedRequest, length: string): Partial<FuzzedRequest> => ({
  headers: [...without(request, 'content-length'), ['Content-Length', length]],
});

const chunked = (request: FuzzedRequest, body: string): Partial<FuzzedRequest> => ({
  headers: [...without(request, 'content-length'), ['Transfer-Encoding', 'chunked']],
  body,
});

/** The same request, but framed as none should be. */
export function brokenFraming(requests: fc.Arbitrary<FuzzedRequest>): fc.Arbitrary<FuzzedRequest> {
  return fc
    .tuple(requests, fc.constantFrom(...FRAMINGS))
    .map(([request, change]) => ({ ...request, ...change(request), isBroken: true }));
}
