import fc from 'fast-check';
import type { DocumentedParameter, OpenApiDocument } from '../e2e/contract';
import { operationsOf, type PlacedOperation } from '../e2e/documented-requests';
import { isObject, type Json } from '../e2e/json-schema';
import { liveName, type FuzzedRequest, type Header } from './fuzzed-request';
import { hostileBody, type KnownValues, soundBody } from './hostile-body';
import { authorization, bearer, brokenFraming, hostileHeaders, type Keys } from './hostile-headers';
import { hostileName, hostileText, inUrl, percentEncoded } from './hostile-text';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY', 'NOPE'];
const WORDS = ['software', 'manager', '15-12', 'no such words'];
const JOB_TYPES = ['import-release', 'assess-occupations', 'nothing'];
/** What is served beside the documented operations, and what others have found elsewhere. */
const OTHER_TARGETS = [
  '/',
  '/docs',
  '/docs/',
  '/docs-json',
  '/docs-yaml',
  '/docs/swagger-ui-init.js',
  '/docs/../../package.json',
  '/docs/%2e%2e/%2e%2e/package.json',
  '/docs/..%2f..%2fpackage.json',
  '/docs/%00',
  '/admin/queues',
  '/admin/queues/../queues',
  '/admin/queues/static/../../../package.json',
  '/admin/queues/api/queues',
  '//health',
  '/health/',
  '/HEALTH',
  '/health;x=1',
  '/health#x',
  '/health%20',
  '/./health',
  '/api/v1/%61dmin/jobs',
  '/api/v1//admin/jobs',
  '/api/v1/skills/../admin/jobs',
  '/api/v1/admin',
  '/.env',
  '/.data/admin-key',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/..%5c..%5cetc',
  '/cgi-bin/.%2e/.%2e/bin/sh',
  '/__proto__',
  '/constructor/prototype',
  '?',
];

/** What requests are made from. */
export interface Ground {
  readonly document: OpenApiDocument;
  readonly known: KnownValues;
  readonly keys: Keys;
}

/** Requests of every operation of a document, as it has them and as it does not, and some that are of none. */
export function fuzzedRequests(ground: Ground): fc.Arbitrary<FuzzedRequest> {
  const perOperation = operationsOf(ground.document).map((placed) => {
    const sound = soundRequest(placed, ground);
    const hostile = hostileRequest(placed, ground);
    return fc.oneof(
      { weight: 12, arbitrary: sound },
      { weight: 24, arbitrary: hostile },
      { weight: 2, arbitrary: brokenFraming(sound) },
      { weight: 1, arbitrary: brokenFraming(hostile) },
    );
  });
  return fc.oneof(
    { weight: 12, arbitrary: fc.oneof(...perOperation) },
    { weight: 1, arbitrary: elsewhere(ground) },
    { weight: 1, arbitrary: noRequest },
  );
}

export function originOf({ method, template }: PlacedOperation): string {
  return `${method} ${template}`;
}

function soundRequest(placed: PlacedOperation, ground: Ground): fc.Arbitrary<FuzzedRequest> {
  const { method, template, operation } = placed;
  const { document, known, keys } = ground;
  const parameters = operation.parameters ?? [];
  const schema = bodySchema(operation);
  return fc
    .record({
      values: fc.tuple(...parameters.map((parameter) => soundValue(parameter, known).map(percentEncoded))),
      given: fc.tuple(...parameters.map(({ required }) => (required === true ? fc.constant(true) : fc.boolean()))),
      body: schema === null ? fc.constant('') : soundBody(schema, document, known),
      isKnown: fc.boolean(),
      method: method === 'GET' ? fc.constantFrom('GET', 'GET', 'GET', 'HEAD') : fc.constant(method),
    })
    .map(({ values, given, body, isKnown, method: sent }) => {
      const query = parameters.flatMap((parameter, index) =>
        parameter.in === 'query' && given[index] === true ? [`${parameter.name}=${values[index] ?? ''}`] : [],
      );
      const headers: Header[] = [
        ...(isForAdmins(placed) ? [bearer(keys.admin)] : []),
        ...(isKnown ? [['X-API-Key', keys.client] as const] : []),
        ...(schema === null ? [] : [['Content-Type', 'application/json'] as const]),
      ];
      const target = withQuery(fillIn(template, parameters, values), query);
      return whole({ origin: originOf(placed), method: sent, target, headers, body });
    });
}

function hostileRequest(placed: PlacedOperation, ground: Ground): fc.Arbitrary<FuzzedRequest> {
  const { method, template, operation } = placed;
  const { document, known, keys } = ground;
  const parameters = operation.parameters ?? [];
  const schema = bodySchema(operation) ?? { type: 'object' };
  const value = (parameter: DocumentedParameter): fc.Arbitrary<string> =>
    fc.oneof(
      { weight: 3, arbitrary: soundValue(parameter, known).map(percentEncoded) },
      { weight: 2, arbitrary: inUrl(hostileText) },
    );
  return fc
    .record({
      values: fc.tuple(...parameters.map(value)),
      forms: fc.tuple(...parameters.map(() => fc.constantFrom(...QUERY_FORMS))),
      added: fc.oneof(
        { weight: 3, arbitrary: fc.constant<string[]>([]) },
        { weight: 1, arbitrary: fc.array(hostilePair, { maxLength: 3 }) },
      ),
      method: fc.oneof(
        { weight: 8, arbitrary: fc.constant(method) },
        { weight: 1, arbitrary: fc.constantFrom(...METHODS) },
      ),
      who: isForAdmins(placed) ? authorization(keys) : fc.constant([]),
      headers: hostileHeaders,
      body: hostileBody(schema, document, known),
      hasBody: fc.integer({ min: 0, max: 9 }).map((one) => one < (method === 'POST' ? 9 : 2)),
      isJson: fc.integer({ min: 0, max: 9 }).map((one) => one < 9),
    })
    .map(({ values, forms, added, method: sent, who, headers, body, hasBody, isJson }) => {
      const query = parameters.flatMap((parameter, index) =>
        parameter.in === 'query' ? (forms[index]?.(parameter.name, values[index] ?? '') ?? []) : [],
      );
      const target = withQuery(fillIn(template, parameters, values), [...query, ...added]);
      const all: Header[] = [
        ...who,
        ...(hasBody && isJson ? [['Content-Type', 'application/json'] as const] : []),
        ...headers,
      ];
      return whole({ origin: originOf(placed), method: sent, target, headers: all, body: hasBody ? body : '' });
    });
}

const hostilePair = fc.tuple(inUrl(hostileName), inUrl(hostileText)).map((pair) => pair.join('='));

/** How a parameter may stand in a query; twice as often as it should be. */
const QUERY_FORMS: readonly ((name: string, value: string) => string[])[] = [
  (name, value) => [`${name}=${value}`],
  (name, value) => [`${name}=${value}`],
  (name, value) => [`${name}=${value}`],
  (name, value) => [`${name}=${value}`],
  () => [],
  (name) => [name],
  (name, value) => [`${name}=${value}`, `${name}=${value}`],
  (name, value) => [`${name}[]=${value}`],
  (name, value) => [`${name}[$ne]=${value}`],
  (name, value) => [`${name}[__proto__]=${value}`],
  (name, value) => [`${name.toUpperCase()}=${value}`],
  (name, value) => [`${name}=${value};${name}=${value}`],
];

/** Paths that are none of the documented ones, with and without a key. */
function elsewhere({ keys }: Ground): fc.Arbitrary<FuzzedRequest> {
  const target = fc.oneof(
    fc.constantFrom(...OTHER_TARGETS),
    inUrl(hostileText).map((text) => `/${text}`),
    inUrl(hostileText).map((text) => `/api/v1/${text}`),
    inUrl(hostileText).map((text) => `/docs/${text}`),
  );
  return fc
    .record({
      target,
      method: fc.constantFrom('GET', 'GET', 'GET', ...METHODS),
      who: authorization(keys),
      headers: hostileHeaders,
    })
    .map(({ target: sent, method, who, headers }) =>
      whole({ origin: 'elsewhere', method, target: sent, headers: [...who, ...headers], body: '' }),
    );
}

/** Bytes that are no request, or a request no more. */
const noRequest: fc.Arbitrary<FuzzedRequest> = fc
  .oneof(
    fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 200 }),
    fc.constantFrom(
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
      'GET\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: a\r\nHost',
      'GET / HTTP/1.1\nHost: a\n\n',
      '\r\n\r\n\r\n',
      'GET /health HTTP/9.9\r\nHost: a\r\n\r\n',
      `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
      `${'A'.repeat(20_000)} / HTTP/1.1\r\n\r\n`,
    ),
  )
  .map((bytes) => ({
    origin: 'no request',
    method: '',
    target: '',
    version: bytes.replace(/[^\0-\xff]/g, '?'),
    headers: [],
    body: '',
    isBroken: true,
  }));

function soundValue({ name, schema }: DocumentedParameter, { codes }: KnownValues): fc.Arbitrary<string> {
  if (schema['format'] === 'uuid') {
    return fc.oneof(
      fc.nat(4).map((place) => liveName('job', place)),
      fc.nat(2).map((place) => liveName('unfinished', place)),
      fc.nat(2).map((place) => liveName('cancelled', place)),
    );
  }
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as string[]));
  const { minimum, maximum } = schema;
  if (typeof minimum === 'number' && typeof maximum === 'number') {
    const nearby = fc.integer({ min: minimum, max: minimum + 5 });
    return fc.oneof({ weight: 5, arbitrary: nearby }, { weight: 1, arbitrary: fc.constant(maximum) }).map(String);
  }
  const pattern = typeof schema['pattern'] === 'string' ? new RegExp(schema['pattern']) : null;
  if (pattern === null) return fc.constantFrom(...WORDS);
  const fitting = [...codes, ...JOB_TYPES].filter((text) => pattern.test(text));
  if (fitting.length === 0) throw new Error(`No value is known that fits ${name}`);
  return fc.constantFrom(...fitting);
}

function bodySchema(operation: object): Json | null {
  const body = 'requestBody' in operation && isObject(operation.requestBody) ? operation.requestBody : null;
  const content = body !== null && isObject(body['content']) ? body['content']['application/json'] : null;
  return isObject(content) && isObject(content['schema']) ? content['schema'] : null;
}

function isForAdmins({ template }: PlacedOperation): boolean {
  return template.startsWith('/api/v1/admin/') || template === '/metrics';
}

function fillIn(template: string, parameters: readonly DocumentedParameter[], values: readonly string[]): string {
  return parameters.reduce(
    (path, parameter, index) =>
      parameter.in === 'path' ? path.replace(`{${parameter.name}}`, () => values[index] ?? '') : path,
    template,
  );
}

function withQuery(path: string, query: readonly string[]): string {
  return query.length === 0 ? path : `${path}?${query.join('&')}`;
}

/** A request that says rightly where it ends. */
function whole(request: Omit<FuzzedRequest, 'version' | 'isBroken'>): FuzzedRequest {
  const length = request.body === '' ? [] : [['Content-Length', String(request.body.length)] as const];
  const frame: Header[] = [['Host', 'localhost'], ['Connection', 'close'], ...length];
  return { ...request, headers: [...frame, ...request.headers], version: 'HTTP/1.1', isBroken: false };
}
