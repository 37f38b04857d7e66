import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeOnEveryServer } from '../support/databases';
import { ADMIN, bearer } from '../support/e2e/admin-client';
import { documentedRequest, operationsOf } from '../support/e2e/documented-requests';
import type { Answer, Request } from '../support/e2e/http';
import { gistOf } from '../support/e2e/problems';
import { ADMIN_KEY, useApi, useProcesses } from '../support/e2e/processes';

const SECOND_KEY = 'another-key-for-the-rotation';
const WRONG_KEY = 'a-key-that-opens-nothing-here';
const BODY_LIMIT = 64 * 1024;
/** Nothing is to be downloaded in earnest. */
const NOWHERE = 'http://127.0.0.1:1';
const UNKNOWN_ID = '3f0c8a52-6f0e-4d4e-9d0a-2b8f6c1d7e91';

/** What could be wrong with a request beside its key. */
const BODIES: readonly (readonly [what: string, type: string, body: string])[] = [
  ['broken JSON', 'application/json', '{"source":'],
  ['more than the body limit', 'application/json', JSON.stringify('a'.repeat(BODY_LIMIT))],
  ['a body of another type', 'text/csv', 'source,path'],
  ['a body of no type', 'nonsense', 'source,path'],
];

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** The members of a problem that says nothing but what every problem says. */
const BARE_PROBLEM = ['code', 'detail', 'instance', 'request_id', 'status', 'title', 'type'];

function membersOf(answer: Answer): string[] {
  return Object.keys(answer.json() as object).sort();
}

describe('Every admin route', () => {
  const api = useApi(() =>
    Promise.resolve({
      environment: { ADMIN_API_KEYS: `${ADMIN_KEY}, ${SECOND_KEY}`, ONET_DOWNLOAD_BASE_URL: NOWHERE },
    }),
  );

  /** Every operation for admins as a request without a key, on its own and with whatever could be wrong with its body. */
  async function adminRequests(): Promise<Request[]> {
    const { document } = await api.client.contract();
    return operationsOf(document)
      .filter(({ template }) => template.startsWith(`${ADMIN}/`))
      .flatMap((placed): Request[] => {
        const { method } = placed;
        const path = documentedRequest(placed);
        const withBodies = BODIES.map(([, type, body]) => ({
          method,
          path,
          headers: { 'content-type': type, 'content-length': String(Buffer.byteLength(body)) },
          body,
        }));
        return [{ method, path }, ...(method === 'POST' ? withBodies : [])];
      });
  }

  async function outcomes(headers: Readonly<Record<string, string>>): Promise<string[]> {
    const requests = await adminRequests();
    const answers = await Promise.all(
      requests.map((request) => api.client.send({ ...request, headers: { ...request.headers, ...headers } })),
    );
    return answers.map((answer, index) => {
      const challenge = answer.header('www-authenticate') ?? 'no challenge';
      const request = requests[index];
      return `${request?.method ?? ''} ${request?.path ?? ''}: ${gistOf(answer)}, ${challenge}, ${membersOf(answer).join(' ')}`;
    });
  }

  test('asks for a key before it looks at anything of the request but its headers', async () => {
    const requests = await adminRequests();

    const told = `401 UNAUTHENTICATED, Bearer, ${BARE_PROBLEM.join(' ')}`;
    expect(await outcomes({})).toEqual(requests.map(({ method, path }) => `${method ?? ''} ${path}: ${told}`));
    // eight operations, four of which take a body
    expect(requests.length).toBeGreaterThanOrEqual(8 + 4 * BODIES.length);
  });

  test('is closed to a wrong key, whatever else is wrong', async () => {
    const requests = await adminRequests();

    const told = `403 FORBIDDEN, no challenge, ${BARE_PROBLEM.join(' ')}`;
    expect(await outcomes(bearer(WRONG_KEY))).toEqual(
      requests.map(({ method, path }) => `${method ?? ''} ${path}: ${told}`),
    );
  });

  test.each([
    '/api/v1/%61dmin/jobs',
    '/%61%70%69/v1/admin/jobs',
    '/api/v1/admin/%6aobs?page=0',
    `/api/v1/admin/%69ngestions/${UNKNOWN_ID}`,
    '/api/v1/admin/ingestions/7',
    '/api/v1/admin/jobs?x=1',
  ])('asks for a key at %s', async (path) => {
    expect(gistOf(await api.client.get(path))).toBe('401 UNAUTHENTICATED');
  });

  test.each(['HEAD', 'POST'])('asks for a key when it is asked with %s', async (method) => {
    const { status } = await api.client.send({ method, path: `${ADMIN}/ingestions` });

    expect(status).toBe(401);
  });

  test.each(['', 'Bearer', 'Bearer ', ADMIN_KEY, `Digest ${ADMIN_KEY}`, 'Basic', 'Basic ====', basic('admin', '')])(
    'takes the header "%s" for no key at all',
    async (authorization) => {
      expect(gistOf(await api.client.get(`${ADMIN}/jobs`, { authorization }))).toBe('401 UNAUTHENTICATED');
    },
  );

  test.each([
    `Bearer ${ADMIN_KEY}x`,
    `Bearer ${ADMIN_KEY.slice(0, -1)}`,
    `Bearer ${ADMIN_KEY.toUpperCase()}`,
    `Bearer ${ADMIN_KEY},${SECOND_KEY}`,
    basic('admin', WRONG_KEY),
    basic(ADMIN_KEY, WRONG_KEY),
  ])('takes "%s" for a wrong key', async (authorization) => {
    const answer = await api.client.get(`${ADMIN}/jobs`, { authorization });

    expect(gistOf(answer)).toBe('403 FORBIDDEN');
    expect(answer.body).not.toContain(ADMIN_KEY);
  });

  test.each([
    `Bearer ${ADMIN_KEY}`,
    `Bearer ${SECOND_KEY}`,
    `bearer  ${ADMIN_KEY}`,
    basic('admin', ADMIN_KEY),
    basic('', SECOND_KEY),
  ])('opens to "%s", and nothing of its answers is kept by anybody', async (authorization) => {
    const answer = await api.client.get(`${ADMIN}/jobs`, { authorization });

    expect([answer.status, answer.header('cache-control')]).toEqual([200, 'no-store']);
  });

  test('tells which of the keys was used without showing it', async () => {
    const ask = async (key: string): Promise<string> => {
      const body = JSON.stringify({ source: 'download', release: key === ADMIN_KEY ? '98.1' : '98.2' });
      const headers = { ...bearer(key), 'content-type': 'application/json', 'content-length': String(body.length) };
      const { id } = (await api.client.send({ method: 'POST', path: `${ADMIN}/ingestions`, headers, body })).json() as {
        id: string;
      };
      const one = (await api.client.get(`${ADMIN}/ingestions/${id}`, bearer(key))).json() as { requested_by: string };
      return one.requested_by;
    };

    const [first, second] = [await ask(ADMIN_KEY), await ask(SECOND_KEY)];

    expect([first, second]).toEqual([
      expect.stringMatching(/^admin [0-9a-f]{8}$/),
      expect.stringMatching(/^admin [0-9a-f]{8}$/),
    ]);
    expect(first).not.toBe(second);
  });
});

describe('Where no admin key is configured, an api on SQLite', () => {
  const processes = useProcesses();

  test.each(['pretty', 'json'])('makes one that nobody else can read, and says where (%s)', async (format) => {
    const folder = await processes.folder();
    const file = join(folder, '.data', 'admin-key');
    const environment = { LOG_FORMAT: format, LOG_LEVEL: 'trace' };

    const first = await processes.startApi({ folder, environment });
    const key = (await readFile(file, 'utf8')).trim();
    const opened = await first.client.get(`${ADMIN}/jobs`, bearer(key));
    first.process.send('SIGTERM');
    await first.process.end();
    const second = await processes.startApi({ folder, environment });
    const again = await second.client.get(`${ADMIN}/jobs`, bearer(key));

    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(key).toMatch(/^[\w-]{32}$/);
    expect([opened.status, again.status]).toEqual([200, 200]);
    for (const { process } of [first, second]) {
      expect(process.stdout).toContain(file);
      expect(process.stdout + process.stderr).not.toContain(key);
    }
    expect((await readFile(file, 'utf8')).trim()).toBe(key);
  });

  test('keeps it beside a database that lies elsewhere', async () => {
    const folder = await processes.folder();

    const api = await processes.startApi({ folder, databaseUrl: 'sqlite:data/my.sqlite' });

    const key = (await readFile(join(folder, 'data', 'admin-key'), 'utf8')).trim();
    expect((await api.client.get(`${ADMIN}/jobs`, bearer(key))).status).toBe(200);
  });

  test.each([
    ['is empty', (file: string) => writeFile(file, '\n'), 'it holds no key of at least 16 characters'],
    ['holds less than a key', (file: string) => writeFile(file, 'short'), 'it holds no key of at least 16 characters'],
    ['is a folder', (file: string) => mkdir(file), 'EISDIR: illegal operation on a directory, read'],
  ])('does not start where the file of the key %s, and says what to do', async (_, make, why) => {
    const folder = await processes.folder();
    const file = join(folder, '.data', 'admin-key');
    await mkdir(join(folder, '.data'));
    await make(file);

    const ending = await (await processes.launchApi({ folder })).end();

    expect([ending.code, ending.stderr]).toEqual([
      1,
      `The admin key in ${file} cannot be used: ${why}. Delete the file to have one made, or set ADMIN_API_KEYS.\n`,
    ]);
    expect(ending.stdout).not.toMatch(/error|^\s+at /im);
  });
});

describeOnEveryServer('Where no admin key is configured, an api on a database server', (database) => {
  const processes = useProcesses();

  test('does not start, and says why and what to set', async () => {
    const databaseUrl = await database.create();

    const ending = await (await processes.launchApi({ databaseUrl, environment: { ADMIN_API_KEYS: '' } })).end();

    expect([ending.code, ending.stderr]).toEqual([
      1,
      'ADMIN_API_KEYS is not set. With MySQL or MariaDB the api needs it, since every replica has to know the same ' +
        'keys: set it to one or more secrets of at least 16 characters, separated by commas.\n',
    ]);
    expect(ending.stdout).not.toMatch(/error|^\s+at /im);
  });
});
