import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { databaseContent } from '../support/database-content';
import { describeOnEveryDatabase } from '../support/databases';
import { ADMIN, AdminClient, bearer } from '../support/e2e/admin-client';
import { operationsOf, type PlacedOperation } from '../support/e2e/documented-requests';
import type { Request } from '../support/e2e/http';
import { gistOf } from '../support/e2e/problems';
import { ADMIN_KEY, type ServingApi, useApi, useProcesses } from '../support/e2e/processes';
import { exchangeRaw } from '../support/e2e/raw-exchange';
import { SKILL_FILE, SmallRelease } from '../support/release-folder';

const GAP = '/api/v1/skill-gap?from=11-1011.00&to=11-3013.00';
const JOB = '/api/v1/jobs/3f0c8a52-6f0e-4d4e-9d0a-2b8f6c1d7e91';
const BODY_LIMIT = 64 * 1024;
const SQL = [
  "' OR '1'='1",
  "1'; DROP TABLE jobs; --",
  '1; DELETE FROM releases',
  '" UNION SELECT 1 --',
  "\\' OR 1=1 #",
];

/** The operation with a text in one of its parameters, and the others as the document has them. */
function withText({ method, template, operation }: PlacedOperation, name: string, text: string): Request {
  const query = new URLSearchParams();
  let path = template;
  for (const parameter of operation.parameters ?? []) {
    const example = typeof parameter.schema['example'] === 'string' ? parameter.schema['example'] : '1';
    const value = parameter.name === name ? text : example;
    if (parameter.in === 'path') path = path.replace(`{${parameter.name}}`, encodeURIComponent(value));
    else if (parameter.name === name || parameter.required === true) query.set(parameter.name, value);
  }
  return { method, path: query.size === 0 ? path : `${path}?${query.toString()}`, headers: bearer(ADMIN_KEY) };
}

describeOnEveryDatabase('SQL', (database) => {
  let databaseUrl: string;
  const api = useApi(async () => {
    databaseUrl = await database.create();
    return { databaseUrl, environment: { ADMIN_API_KEYS: ADMIN_KEY } };
  });

  test.each(SQL)('in any parameter of any route finds nothing and changes nothing: %s', async (text) => {
    const { document } = await api.client.contract();
    const before = await databaseContent(databaseUrl);
    const requests = operationsOf(document).flatMap((placed) =>
      (placed.operation.parameters ?? []).map(({ name }) => ({ name, request: withText(placed, name, text) })),
    );

    for (const { name, request } of requests) {
      const answer = await api.client.send(request);
      // a search takes any text, and finds none of this
      if (name === 'q') expect(answer.json()).toMatchObject({ items: [], total: 0 });
      else expect(gistOf(answer)).toBe(`400 VALIDATION_FAILED ${name}`);
    }
    expect(requests.length).toBeGreaterThan(20);
    expect(await databaseContent(databaseUrl)).toEqual(before);
  });

  test.each(SQL)('in any field of any body is refused and changes nothing: %s', async (text) => {
    const admin = new AdminClient(api.client, ADMIN_KEY);
    const before = await databaseContent(databaseUrl);

    const answers = [
      await admin.post('/ingestions', { source: text }),
      await admin.post('/ingestions', { source: 'directory', path: text }),
      await admin.post('/ingestions', { source: 'download', release: text }),
      await admin.post('/ingestions', { source: 'web_services', release: text }),
      await admin.post('/assessments', { codes: [text] }),
      await admin.post('/assessments', { all: text }),
      await admin.post('/releases/1/activate', { [text]: 1 }),
    ];

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 400));
    expect(await databaseContent(databaseUrl)).toEqual(before);
  });

  test.each(SQL)('in a header is no key and no id, and changes nothing: %s', async (text) => {
    const before = await databaseContent(databaseUrl);

    const outcomes = [
      await api.client.get(`${ADMIN}/jobs`, { authorization: `Bearer ${text.replaceAll(' ', '+')}` }),
      await api.client.get(GAP, { 'x-api-key': text, 'if-none-match': text, 'x-request-id': text }),
      await api.client.get(`${JOB}/events`, { 'last-event-id': text }),
    ].map(({ status }) => status);

    expect(outcomes).toEqual([403, 200, 404]);
    expect(await databaseContent(databaseUrl)).toEqual(before);
  });
});

describe('A client that means harm', () => {
  const processes = useProcesses('block');
  let api: ServingApi;
  let admin: AdminClient;

  beforeAll(async () => {
    api = await processes.startApi({ environment: { ADMIN_API_KEYS: ADMIN_KEY } });
    admin = new AdminClient(api.client);
  });

  test.each([
    '__proto__[dry_run]=true',
    '__proto__.dry_run=true',
    'constructor[prototype][dry_run]=true',
    'constructor.prototype.dry_run=true',
    'page[__proto__]=1',
    'page[constructor]=1',
    '__proto__=1&__proto__=2',
  ])('cannot change by a query what all objects have: %s', async (query) => {
    const { status } = await admin.get(`/jobs?${query}`);

    expect(status).toBe(400);
    expect((await admin.get('/jobs')).status).toBe(200);
  });

  test.each([
    '{"all":true,"__proto__":{"dry_run":true}}',
    '{"all":true,"__proto__":null}',
    '{"all":true,"\\u005f_proto__":{"dry_run":true}}',
    '{"all":true,"constructor":{"prototype":{"dry_run":true}}}',
    '{"all":true,"prototype":{"dry_run":true}}',
    '{"all":true,"toString":1}',
    '[{"__proto__":{"dry_run":true}}]',
  ])('cannot change by a body what all objects have: %s', async (body) => {
    const answer = await admin.postRaw('/assessments', body, 'application/json');

    expect(answer.status).toBe(400);
    // it would be a plan, and 200, had it got to what all objects have
    expect(gistOf(await admin.post('/assessments', { all: true }))).toBe('503 LLM_UNAVAILABLE');
  });

  test('who names a field twice is taken at the last word, as JSON is read everywhere', async () => {
    const answer = await admin.postRaw('/assessments', '{"all":false,"all":true,"dry_run":true}', 'application/json');

    expect(answer.status).toBe(200);
  });

  test.each([
    ['lists', (levels: number) => '['.repeat(levels) + ']'.repeat(levels)],
    ['objects', (levels: number) => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels)],
    ['lists without an end', (levels: number) => '['.repeat(levels)],
    ['lists in a field', (levels: number) => `{"codes":${'['.repeat(levels)}${']'.repeat(levels)}}`],
    ['objects in a field', (levels: number) => `{"all":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`],
  ])('cannot have the stack overflow with %s nested as deep as a body can hold', async (_, nested) => {
    const perLevel = nested(2).length - nested(1).length;
    const body = nested(Math.floor((BODY_LIMIT - 20) / perLevel));

    for (const path of ['/assessments', '/ingestions', '/releases/1/activate'])
      expect((await admin.postRaw(path, body, 'application/json')).status).toBe(400);
    expect(api.process.stdout).not.toMatch(/RangeError|Maximum call stack/);
  });

  test.each([
    ['a carriage return', 'a\rX-Injected: 1'],
    ['a line feed', 'a\nX-Injected: 1'],
    ['both', 'a\r\nX-Injected: 1'],
    ['a NUL', 'a\0b'],
    ['a letter of two bytes', 'a\xc4\x8d\xc4\x8aX-Injected: 1'],
  ])('cannot have a header set by an X-Request-Id with %s', async (_, id) => {
    const bytes = `GET /nothing HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: ${id}\r\nConnection: close\r\n\r\n`;

    const answers = await exchangeRaw(api.url, { bytes: Buffer.from(bytes, 'latin1') });

    expect(answers).toHaveLength(1);
    expect(answers[0]?.header('x-injected')).toBeUndefined();
    expect([400, 404]).toContain(answers[0]?.status);
  });

  test.each([
    ['two kinds of length', 'Content-Length: 4\r\nTransfer-Encoding: chunked'],
    ['two lengths', 'Content-Length: 4\r\nContent-Length: 40'],
    ['a list of lengths', 'Content-Length: 4, 40'],
    ['a length that is none', 'Content-Length: +4'],
    ['chunks that are not the last encoding', 'Transfer-Encoding: chunked, identity'],
    ['a length with a blank before the colon', 'Content-Length : 4'],
    ['a header in two lines', 'Transfer-Encoding:\r\n chunked'],
  ])('cannot have one request taken for two by %s', async (_, headers) => {
    const hidden = `GET ${ADMIN}/jobs HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${ADMIN_KEY}\r\n\r\n`;
    const bytes = `POST /api/v1/skills HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n\r\n0\r\n\r\n${hidden}`;

    const answers = await exchangeRaw(api.url, { bytes: Buffer.from(bytes, 'latin1'), mayLackItsEnd: true });

    expect(answers.map(({ status }) => status)).toEqual([400]);
  });

  test.each([
    '/api/v1/jobs/%0d%0aX-Injected:%201',
    '/api/v1/jobs/%0d%0aX-Injected:%201/events',
    '/api/v1/occupations/%0aX-Injected:1',
    '/?%0d%0aX-Injected:%201',
    '/docs%0d%0aX-Injected:%201',
    '/docs/%0d%0aX-Injected:%201',
    '//another.example/%2e%2e',
    '//another.example/docs',
    '/\\another.example',
    '/docs//another.example/%2e%2e',
    '/docs/..%2f..%2f/another.example',
  ])('cannot have a header set, or others sent elsewhere, by the path %s', async (path) => {
    const answer = await api.client.get(path);

    expect(answer.header('x-injected')).toBeUndefined();
    expect(answer.header('location') ?? '/docs').toBe('/docs');
  });

  test.each(['9007199254740993', '18446744073709551616', '9'.repeat(190), '-1', '0', '1e3', '1.0', '0x1', '٣', '%00'])(
    'cannot name a release by %s',
    async (id) => {
      const path = `/releases/${id.startsWith('%') ? id : encodeURIComponent(id)}/activate`;

      expect(gistOf(await admin.post(path))).toBe('400 VALIDATION_FAILED id');
    },
  );

  test('cannot get any further with a number of 400 digits', async () => {
    const many = '9'.repeat(400);

    expect((await admin.post(`/releases/${many}/activate`)).status).toBe(400);
    expect(gistOf(await admin.get(`/jobs?page=${many}`))).toBe('400 VALIDATION_FAILED page');
    expect(gistOf(await api.client.get(`/api/v1/jobs/${many.slice(0, 190)}`))).toBe('400 VALIDATION_FAILED id');
  });

  test.each([
    ['/api/v1/occupations/15-1252.00%00', '400 VALIDATION_FAILED code'],
    ['/api/v1/skill-gap?from=11-1011.00%00&to=11-3013.00', '400 VALIDATION_FAILED from'],
    ['/api/v1/skill-gap?from%00=11-1011.00&to=11-3013.00', '400 VALIDATION_FAILED from\0 from'],
    [`${JOB}%00`, '400 VALIDATION_FAILED id'],
    ['/docs/swagger-ui.css%00.js', '404 NOT_FOUND'],
  ])('cannot end a text early with a NUL: %s', async (path, gist) => {
    expect(gistOf(await api.client.get(path))).toBe(gist);
  });

  test.each([
    '/docs/../package.json',
    '/docs/../../package.json',
    '/docs/%2e%2e/%2e%2e/package.json',
    '/docs/..%2f..%2f..%2fpackage.json',
    '/docs/..%5c..%5cpackage.json',
    '/docs/%252e%252e%252fpackage.json',
    '/docs/....//....//package.json',
    '/docs//etc/passwd',
    '/.data/admin-key',
    '/docs/../.data/admin-key',
  ])('finds no file of this machine at %s', async (path) => {
    const answer = await api.client.get(path);

    expect(gistOf(answer)).toBe('404 NOT_FOUND');
  });
});

describe('An archive that means harm', () => {
  const processes = useProcesses('block');
  const SECRET = 'the secret of the house';
  let folder: string;
  let admin: AdminClient;

  beforeAll(async () => {
    folder = await processes.folder();
    await mkdir(join(folder, 'releases'));
    await writeFile(join(folder, 'secret.txt'), SECRET);
    const environment = { ADMIN_API_KEYS: ADMIN_KEY, ONET_DATA_ROOT: 'releases' };
    admin = new AdminClient((await processes.startApi({ folder, environment })).client);
  });

  /** A release as an archive of which one entry is something else. */
  async function archive(name: string, entry: string, content: string, mode?: number): Promise<void> {
    const release = new SmallRelease({ edition: 1 });
    const zip = new ZipFile();
    const hidden = 'x'.repeat(entry.length);
    for (const file of release.fileNames.filter((one) => one !== SKILL_FILE)) zip.addBuffer(release.bytes(file), file);
    zip.addBuffer(Buffer.from(content), hidden, mode === undefined ? {} : { mode });
    zip.end();
    const bytes = await buffer(zip.outputStream);
    // the maker of archives would not write such names
    await writeFile(
      join(folder, 'releases', name),
      Buffer.from(bytes.toString('latin1').replaceAll(hidden, entry), 'latin1'),
    );
  }

  test.each([
    ['a link to a file outside', SKILL_FILE, '../secret.txt', 0o120777],
    ['a link to a file outside, from its root', SKILL_FILE, '/etc/passwd', 0o120777],
    ['a name that leads out', '../../Skills.txt', 'x', undefined],
    ['a name from the root', '/tmp/the-house/Skills.txt', 'x', undefined],
    ['a name of Windows', 'C:\\the-house\\Skills.txt', 'x', undefined],
    ['a name with a NUL', 'Skills.txt\0.zip', 'x', undefined],
    ['a folder called like a table', 'Skills.txt/', '', undefined],
  ])('with %s fails, shows nothing and writes nothing', async (what, entry, content, mode) => {
    const name = `30.2-${what.replace(/\W/g, '-')}.zip`;
    await archive(name, entry, content, mode);
    const before = (await readdir(folder, { recursive: true })).filter((path) => !path.includes('onet.sqlite'));

    const id = await admin.ingest({ source: 'directory', path: name, release: '30.2' });
    const ended = await admin.ended(id);

    expect(ended).toMatchObject({ state: 'failed', attempt: 1 });
    for (const { body } of [await admin.client.get(`/api/v1/jobs/${id}`), await admin.get(`/ingestions/${id}`)]) {
      expect(body).not.toContain(SECRET);
      expect(body).not.toContain('root:');
      expect(body).not.toContain(folder);
    }
    const after = (await readdir(folder, { recursive: true })).filter((path) => !path.includes('onet.sqlite'));
    expect(after).toEqual(before);
    expect((await admin.client.get('/health/ready')).json()).toMatchObject({ release: '30.1' });
  });
});
