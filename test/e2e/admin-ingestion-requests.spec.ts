import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AdminClient } from '../support/e2e/admin-client';
import { gistOf, problemOf } from '../support/e2e/problems';
import { ADMIN_KEY, type ServingApi, useProcesses } from '../support/e2e/processes';
import { SKILL_FILE, SmallRelease } from '../support/release-folder';
import { useStubServer } from '../support/stub-server';

const BODY_LIMIT = 64 * 1024;
const SOURCES = 'give one of directory, download, web_services';

describe('A request for an ingestion', () => {
  const processes = useProcesses('block');
  let folder: string;
  let root: string;
  let api: ServingApi;
  let admin: AdminClient;

  beforeAll(async () => {
    folder = await processes.folder();
    root = join(folder, 'the-root');
    await new SmallRelease().writeFolder(join(root, '30.1'));
    await new SmallRelease().writeFolder(join(folder, 'outside'));
    await new SmallRelease().writeZip(join(folder, 'outside.zip'));
    await symlink('../outside', join(root, 'linked'));
    await symlink('../outside.zip', join(root, 'linked.zip'));
    await symlink('..', join(root, 'parent'));
    await symlink('loop', join(root, 'loop'));
    // a folder whose name begins like that of the root
    await mkdir(`${root}-2`);
    await symlink('../the-root-2', join(root, 'sibling'));
    const environment = { ADMIN_API_KEYS: ADMIN_KEY, ONET_DATA_ROOT: 'the-root' };
    api = await processes.startApi({ folder, environment });
    admin = new AdminClient(api.client);
  });

  test.each([
    ['..', 'leads out of the folder for releases'],
    ['../outside', 'leads out of the folder for releases'],
    ['30.1/../../outside', 'leads out of the folder for releases'],
    ['30.1/..', 'leads out of the folder for releases'],
    ['/etc', 'leads out of the folder for releases'],
    ['//etc', 'leads out of the folder for releases'],
    ['linked', 'leads out of the folder for releases'],
    ['linked.zip', 'leads out of the folder for releases'],
    ['linked/Skills.txt', 'leads out of the folder for releases'],
    ['parent', 'leads out of the folder for releases'],
    ['parent/outside', 'leads out of the folder for releases'],
    ['parent/the-root', 'is the folder for releases itself'],
    ['sibling', 'leads out of the folder for releases'],
    ['.', 'is the folder for releases itself'],
    ['30.1/.//./../..', 'leads out of the folder for releases'],
    ['loop', 'is not there'],
    ['30.2', 'is not there'],
    ['%2e%2e/outside', 'is not there'],
    ['30.1\\..\\..', 'is no path'],
  ])('for %j is refused, and does not show where the folder lies', async (path, why) => {
    const answer = await admin.post('/ingestions', { source: 'directory', path });

    const message = `"path" must name a folder or .zip below ONET_DATA_ROOT, such as 30.1; "${path}" ${why}`;
    expect(problemOf(answer)).toMatchObject({ status: 400, detail: `${message}.` });
    expect(problemOf(answer).errors).toEqual([{ pointer: '/path', message }]);
    expect(answer.body).not.toContain(folder);
  });

  test.each<[string, object, string]>([
    ['no source', { path: '30.1' }, '/source'],
    ['an unknown source', { source: 'ftp', path: '30.1' }, '/source'],
    ['the source of the command line', { source: 'path', path: '/etc' }, '/source'],
    ['a source that every object has', { source: 'constructor', path: '30.1' }, '/source'],
    ['two sources', { source: ['directory'], path: '30.1' }, '/source'],
    ['a directory without a path', { source: 'directory' }, '/path'],
    ['an empty path', { source: 'directory', path: '' }, '/path'],
    ['a path with a NUL byte', { source: 'directory', path: '30.1\0' }, '/path'],
    ['a path that is no text', { source: 'directory', path: 30.1 }, '/path'],
    ['a path that is null', { source: 'directory', path: null }, '/path'],
    ['two paths', { source: 'directory', path: ['30.1', '30.1'] }, '/path'],
    ['a path beyond all measure', { source: 'directory', path: 'a'.repeat(201) }, '/path'],
    ['a release that is none', { source: 'directory', path: '30.1', release: 'latest' }, '/release'],
    ['a release as a number', { source: 'directory', path: '30.1', release: 30.1 }, '/release'],
    ['a switch that is none', { source: 'directory', path: '30.1', activate_anyway: 'yes' }, '/activate_anyway'],
    ['a field that is not known', { source: 'directory', path: '30.1', force: true }, '/force'],
    ['a name to be escaped', { source: 'directory', path: '30.1', 'a/b~c': 1 }, '/a~1b~0c'],
    ['a download without a release', { source: 'download' }, '/release'],
    ['a download with a path', { source: 'download', release: '30.1', path: '30.1' }, '/path'],
    ['a download of what can be none', { source: 'download', release: '../x' }, '/release'],
    ['a refresh with a path', { source: 'web_services', path: '30.1' }, '/path'],
    ['a refresh with a switch that is none', { source: 'web_services', incremental: 'yes' }, '/incremental'],
    ['a refresh with a switch that is null', { source: 'web_services', incremental: null }, '/incremental'],
    ['a refresh with a field that is not known', { source: 'web_services', since: '2026-01-01' }, '/since'],
    ['a refresh with a release that is none', { source: 'web_services', release: 'newest' }, '/release'],
    ['a refresh without credentials for it', { source: 'web_services', incremental: true }, '/source'],
    [
      'a directory of which only changes are wanted',
      { source: 'directory', path: '30.1', incremental: true },
      '/incremental',
    ],
    ['a list', [{ source: 'directory', path: '30.1' }], 'body'],
  ])('with %s is told which field is wrong', async (_, body, place) => {
    expect(gistOf(await admin.post('/ingestions', body))).toBe(`400 VALIDATION_FAILED ${place}`);
  });

  test.each([
    [{ path: '30.1' }, `"source" is missing: ${SOURCES}.`],
    [{ source: 'ftp' }, '"source" must be one of directory, download, web_services, not "ftp".'],
    [{ source: 'directory' }, '"path" is missing: give a path of at most 200 characters, such as 30.1.'],
    [
      { source: 'directory', path: '30.1', force: true },
      '"force" is not a field of this body; it takes source, path, release, activate_anyway.',
    ],
  ])('with the body %j is told what would be right', async (body, detail) => {
    expect(problemOf(await admin.post('/ingestions', body)).detail).toBe(detail);
  });

  test.each([
    ['null', 'application/json', 'null', '400 VALIDATION_FAILED body'],
    ['a text', 'application/json', '"directory"', '400 VALIDATION_FAILED body'],
    ['what is no JSON', 'application/json', '{"source":', '400 VALIDATION_FAILED'],
    ['nothing that calls itself JSON', 'application/json', '', '400 VALIDATION_FAILED'],
    ['a prototype', 'application/json', '{"__proto__":{"source":"directory"}}', '400 VALIDATION_FAILED'],
    ['too much', 'application/json', JSON.stringify('a'.repeat(BODY_LIMIT)), '413 PAYLOAD_TOO_LARGE body'],
    ['text', 'text/plain', '{"source":"directory","path":"30.1"}', '415 UNSUPPORTED_MEDIA_TYPE content-type'],
    [
      'a form',
      'application/x-www-form-urlencoded',
      'source=directory&path=30.1',
      '415 UNSUPPORTED_MEDIA_TYPE content-type',
    ],
  ])('with %s for a body is refused', async (_, type, body, gist) => {
    expect(gistOf(await admin.postRaw('/ingestions', body, type))).toBe(gist);
  });

  test('without a body is told what to send', async () => {
    const answer = await admin.post('/ingestions');

    expect(gistOf(answer)).toBe('400 VALIDATION_FAILED body');
    expect(problemOf(answer).detail).toBe('The body is missing: send {"source": …}.');
  });

  test('with a parameter in the address is refused', async () => {
    const answer = await admin.post('/ingestions?dry_run=1', { source: 'directory', path: '30.1' });

    expect(gistOf(answer)).toBe('400 VALIDATION_FAILED dry_run');
  });

  test('that was refused leaves neither a job nor an ingestion', async () => {
    await admin.post('/ingestions', { source: 'directory', path: '..' });

    const [jobs, ingestions] = [await admin.get('/jobs'), await admin.get('/ingestions')];
    // the only one is the first load
    expect([jobs.json(), ingestions.json()]).toEqual([
      expect.objectContaining({ total: 1 }),
      expect.objectContaining({ total: 1 }),
    ]);
  });
});

describe('An ingestion from a folder below the root', () => {
  const processes = useProcesses();

  async function start(environment: Readonly<Record<string, string>>): Promise<AdminClient> {
    const { client } = await processes.startApi({ environment: { ADMIN_API_KEYS: ADMIN_KEY, ...environment } });
    return new AdminClient(client);
  }

  test('fails where one of its files is a link that leads outside, and shows nothing of what lies there', async () => {
    const folder = await processes.folder();
    const root = join(folder, 'releases');
    await new SmallRelease().writeFolder(join(root, '30.2'));
    await writeFile(join(folder, 'secret.txt'), 'the secret of the house');
    await rm(join(root, '30.2', SKILL_FILE));
    await symlink(join(folder, 'secret.txt'), join(root, '30.2', SKILL_FILE));
    const admin = await start({ ONET_DATA_ROOT: root });

    const id = await admin.ingest({ source: 'directory', path: '30.2' });
    const ended = await admin.ended(id);

    expect(ended).toMatchObject({
      state: 'failed',
      attempt: 1,
      error: { detail: 'Skills.txt leads out of the folder that may be read.' },
    });
    const told = [await admin.client.get(`/api/v1/jobs/${id}`), await admin.get(`/ingestions/${id}`)];
    for (const { body } of told) {
      expect(body).not.toContain('the secret of the house');
      expect(body).not.toContain(folder);
    }
  });

  test('reads through links that stay below the root, and archives', async () => {
    const root = await processes.folder();
    await new SmallRelease({ edition: 1 }).writeZip(join(root, 'kept', 'db_30_2_text.zip'));
    await symlink('kept/db_30_2_text.zip', join(root, 'newest'));
    const admin = await start({ ONET_DATA_ROOT: root });

    const ended = await admin.ended(await admin.ingest({ source: 'directory', path: 'newest', activate_anyway: true }));

    expect(ended).toMatchObject({ state: 'completed', error: null });
  });

  test.each([
    ['is no release', (path: string) => new SmallRelease().removeFile(SKILL_FILE).writeFolder(path), /it lacks Skills/],
    ['is no whole archive', (path: string) => writeFile(path, 'PK no more'), /^30\.2 is not a whole \.zip archive/],
  ])('fails where it %s, after one attempt, and says so without the place', async (_, make, why) => {
    const root = await processes.folder();
    await make(join(root, '30.2'));
    const admin = await start({ ONET_DATA_ROOT: root });

    const ended = await admin.ended(await admin.ingest({ source: 'directory', path: '30.2' }));

    expect(ended).toMatchObject({
      state: 'failed',
      attempt: 1,
      error: { detail: expect.stringMatching(why) as unknown },
    });
    expect(JSON.stringify(ended)).not.toContain(root);
  });

  test('is not possible where no root is set, which is said of the source', async () => {
    const admin = await start({});

    const answer = await admin.post('/ingestions', { source: 'directory', path: '30.1' });

    expect(gistOf(answer)).toBe('400 VALIDATION_FAILED /source');
    expect(problemOf(answer).detail).toBe(
      '"directory" is not possible here: ONET_DATA_ROOT, the folder for releases, is not set.',
    );
  });

  test('is refused where the root is not there, without showing where it should be', async () => {
    const admin = await start({ ONET_DATA_ROOT: '/no/such/place' });

    const answer = await admin.post('/ingestions', { source: 'directory', path: '30.1' });

    expect(gistOf(answer)).toBe('400 VALIDATION_FAILED /path');
    expect(answer.body).not.toContain('/no/such');
  });
});

describe('An ingestion of a published release', () => {
  const processes = useProcesses();
  const stub = useStubServer();

  async function start(): Promise<AdminClient> {
    const environment = { ADMIN_API_KEYS: ADMIN_KEY, ONET_DOWNLOAD_BASE_URL: stub.url };
    return new AdminClient((await processes.startApi({ environment })).client);
  }

  test('downloads it first', async () => {
    const path = await new SmallRelease({ rated: 60, edition: 1 }).writeZip(join(await processes.folder(), 'a.zip'));
    const archive = await readFile(path);
    stub.answer((_request, response) => response.writeHead(200, { 'content-length': archive.length }).end(archive));
    const admin = await start();

    const id = await admin.ingest({ source: 'download', release: '30.2' });
    const ended = await admin.ended(id);

    expect(ended).toMatchObject({ state: 'completed', error: null });
    expect(stub.requests.map((request) => request.path)).toEqual(['/db_30_2_text.zip']);
    expect((await admin.get(`/ingestions/${id}`)).json()).toMatchObject({ origin: 'db_30_2_text.zip', note: null });
    expect((await admin.client.get('/health/ready')).json()).toMatchObject({ release: '30.2' });
  });

  test('fails where there is no such release, after one attempt', async () => {
    stub.answer((_request, response) => response.writeHead(404).end());
    const admin = await start();

    const ended = await admin.ended(await admin.ingest({ source: 'download', release: '99.9' }));

    expect(ended).toMatchObject({ state: 'failed', attempt: 1 });
    expect(ended.error?.detail).toMatch(/cannot be downloaded: there is no such release\./);
    expect((await admin.client.get('/health/ready')).json()).toMatchObject({ release: '30.1' });
  });
});
