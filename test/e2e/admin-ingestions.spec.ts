import { join } from 'node:path';
import { describeOnEveryDatabase } from '../support/databases';
import { ADMIN, AdminClient, servedVersion } from '../support/e2e/admin-client';
import { eventually } from '../support/e2e/eventually';
import { gistOf, problemOf } from '../support/e2e/problems';
import { ADMIN_KEY, type ServingApi, useProcesses } from '../support/e2e/processes';
import {
  ANCHOR_FILE,
  ANCHOR_LEVELS,
  anchorAt,
  codeOf,
  descriptionOf,
  ELEMENT_FILE,
  SKILL_FILE,
  SKILLS,
  SmallRelease,
} from '../support/release-folder';

const GAP = `/api/v1/skill-gap-by-lvl?from=${codeOf(0)}&to=${codeOf(2)}`;
/** What the documentation promises of other replicas. */
const REPLICAS_WITHIN_MS = 3000;
/** Enough occupations that an ingestion is still under way when the next request comes. */
const VERY_MANY = 8000;

interface Rejected {
  readonly items: readonly { readonly line_no: number; readonly code: string }[];
  readonly total: number;
}

describeOnEveryDatabase('By the admin API, an ingestion', (database) => {
  const processes = useProcesses('block');
  let root: string;
  let api: ServingApi;
  let replica: ServingApi | null = null;
  let admin: AdminClient;

  beforeAll(async () => {
    root = join(await processes.folder(), 'releases');
    const first = await new SmallRelease().writeFolder(join(root, '30.1'));
    const databaseUrl = await database.create();
    const environment = { ADMIN_API_KEYS: ADMIN_KEY, ONET_DATA_ROOT: root, ONET_DATA_DIR: first };
    api = await processes.startApi({ databaseUrl, environment });
    admin = new AdminClient(api.client);
    // two processes cannot share an SQLite file
    if (database.engine !== 'sqlite') replica = await processes.startApi({ databaseUrl, environment });
  });

  /** Any process may have run the ingestion, and the others see it when they look next. */
  async function expectServedByAll(version: string): Promise<void> {
    for (const { client } of replica === null ? [api] : [api, replica]) {
      const isServed = async (): Promise<boolean> => (await servedVersion(client)) === version;
      await eventually(`${client.url} serves ${version}`, isServed, REPLICAS_WITHIN_MS);
      expect((await client.get(GAP)).body).toBe((await api.client.get(GAP)).body);
    }
  }

  /** Id of the release that an ingestion loaded. */
  async function releaseOf(id: string): Promise<number> {
    return ((await admin.get(`/ingestions/${id}`)).json() as { release_id: number }).release_id;
  }

  test('is accepted at once as a job, and served by every replica once that is completed', async () => {
    await new SmallRelease({ edition: 1 }).writeFolder(join(root, '30.2'));
    const before = await api.client.get(GAP);

    const answer = await admin.post('/ingestions', { source: 'directory', path: '30.2' });
    const asked = answer.json() as { id: string };
    const ended = await admin.ended(asked.id);

    expect(answer.status).toBe(202);
    expect(answer.header('location')).toBe(`/api/v1/jobs/${asked.id}`);
    expect(asked).toMatchObject({ type: 'import-release', finished_at: null, error: null });
    expect(ended).toMatchObject({ state: 'completed', attempt: 1, error: null });
    expect(ended.progress).toEqual({ stage: 'activating', done: 1, total: 1 });
    await expectServedByAll('30.2');
    const after = await api.client.get(GAP);
    expect(after.body).toContain('"release":"30.2"');
    expect((after.json() as { skill_gaps: unknown }).skill_gaps).not.toEqual(
      (before.json() as { skill_gaps: unknown }).skill_gaps,
    );
  });

  test('is listed with its rows, and tells which of them it could not use and why', async () => {
    const release = new SmallRelease({ edition: 2 });
    const skills = release.table(SKILL_FILE);
    const unknown = skills.append(skills.line(2).replace(codeOf(0), '99-9999.00'));
    const duplicate = skills.append(skills.line(2));
    const short = skills.append('11-1011.00\t2.A.1.a');
    await release.writeFolder(join(root, '30.3'));

    const id = await admin.ingest({ source: 'directory', path: '30.3' });
    await admin.ended(id);
    const one = await admin.get(`/ingestions/${id}`);
    const list = (await admin.get('/ingestions?page_size=1')).json() as { items: object[]; total: number };
    const pages = [1, 2, 3].map(async (page) => {
      const answer = await admin.get(`/ingestions/${id}/rejected-rows?page=${page}&page_size=2`);
      return answer.json() as Rejected;
    });

    const summary = {
      id,
      kind: 'release',
      source: 'text',
      origin: '30.3',
      state: 'completed',
      note: null,
      tables: expect.arrayContaining([
        { source_file: 'Occupation Data.txt', landed: 12, normalised: 12, rejected: 0, unneeded: 0 },
        { source_file: 'Scales Reference.txt', landed: 4, normalised: 4, rejected: 0, unneeded: 0 },
        { source_file: 'Skills.txt', landed: 82, normalised: 80, rejected: 3, unneeded: 0 },
      ]) as unknown,
    };
    expect(one.json()).toMatchObject({
      ...summary,
      rejections: [
        { code: 'DUPLICATE_KEY', rows: 1, source_file: 'Skills.txt', line_no: duplicate },
        { code: 'TOO_FEW_COLUMNS', rows: 1, line_no: short, reason: 'The line has 2 columns, the header 13' },
        { code: 'UNKNOWN_OCCUPATION', rows: 1, line_no: unknown },
      ],
    });
    expect(list.items).toEqual([expect.objectContaining(summary)]);
    expect(list.total).toBeGreaterThanOrEqual(2);
    const [first, second, third] = await Promise.all(pages);
    expect(first?.items.map(({ line_no, code }) => [line_no, code])).toEqual([
      [unknown, 'UNKNOWN_OCCUPATION'],
      [duplicate, 'DUPLICATE_KEY'],
    ]);
    expect(second?.items).toEqual([
      expect.objectContaining({ source_file: 'Skills.txt', line_no: short, raw: '11-1011.00\t2.A.1.a' }),
    ]);
    expect([third?.items, first?.total, second?.total, third?.total]).toEqual([[], 3, 3, 3]);
  });

  test('brings what skills are and what their levels mean, where the release says so', async () => {
    await new SmallRelease({ texts: true }).writeFolder(join(root, 'db_30_3_text'));

    const id = await admin.ingest({ source: 'directory', path: 'db_30_3_text' });
    await admin.ended(id);

    const one = (await admin.get(`/ingestions/${id}`)).json();
    expect(one).toMatchObject({
      tables: expect.arrayContaining([
        { source_file: ELEMENT_FILE, landed: 7, normalised: 4, rejected: 0, unneeded: 3 },
        { source_file: ANCHOR_FILE, landed: 15, normalised: 12, rejected: 0, unneeded: 3 },
      ]) as unknown,
      quality: { landed: 96 + 22, normalised: 96 + 16, rejected: 0, unneeded: 6 },
    });
    const isServed = async (): Promise<boolean> =>
      (await api.client.get('/api/v1/skills')).body.includes(descriptionOf('2.A.1.a').slice(0, 12));
    await eventually('the skills are described', isServed, REPLICAS_WITHIN_MS);
    expect((await api.client.get('/api/v1/skills')).json()).toEqual({
      release: '30.3',
      items: Object.entries(SKILLS).map(([element_id, skill_name]) => ({
        element_id,
        skill_name,
        description: descriptionOf(element_id),
        level_anchors: ANCHOR_LEVELS.map((level) => ({ level, description: anchorAt(element_id, level) })),
      })),
    });
  });

  test('that loses too much is kept back until it is told to be served, and can be taken back', async () => {
    await new SmallRelease({ edition: 3 }).writeFolder(join(root, '30.4'));
    await new SmallRelease({ rated: 7, unrated: 5, edition: 4 }).writeFolder(join(root, '30.5'));
    const good = await admin.ingest({ source: 'directory', path: '30.4' });
    await admin.ended(good);
    await expectServedByAll('30.4');
    const poor = await admin.ingest({ source: 'directory', path: '30.5' });

    const ended = await admin.ended(poor);
    await expectServedByAll('30.4');
    const told = await admin.post(`/releases/${await releaseOf(poor)}/activate`);
    const servedAtOnce = await servedVersion(api.client);
    await expectServedByAll('30.5');
    const back = await admin.post(`/releases/${await releaseOf(good)}/activate`);

    expect([ended.state, servedAtOnce]).toEqual(['completed', '30.5']);
    expect((await admin.get(`/ingestions/${poor}`)).json()).toMatchObject({
      state: 'completed',
      note: 'Not activated: it rates 7 occupations, more than 20 % fewer than the 10 of the active release.',
    });
    expect([told.status, told.json()]).toEqual([200, expect.objectContaining({ version: '30.5', active: true })]);
    expect([back.status, back.json()]).toEqual([200, expect.objectContaining({ version: '30.4', active: true })]);
    await expectServedByAll('30.4');
  });

  test('that loses too much is served at once with activate_anyway', async () => {
    const before = await admin.ingest({ source: 'directory', path: '30.1', release: '31.0' });
    await admin.ended(before);
    await new SmallRelease({ rated: 3, edition: 5 }).writeZip(join(root, 'archives', 'poor.zip'));

    const request = { source: 'directory', path: 'archives/poor.zip', release: '31.1', activate_anyway: true };
    const { state } = await admin.ended(await admin.ingest(request));

    expect(state).toBe('completed');
    await expectServedByAll('31.1');
    // what follows is not to be measured by it
    await admin.ended(
      await admin.ingest({ source: 'directory', path: '30.1', release: '31.2', activate_anyway: true }),
    );
  });

  test('is refused while another one of the same release runs, and is told which', async () => {
    await new SmallRelease({ rated: VERY_MANY, edition: 1 }).writeFolder(join(root, 'big'));
    await new SmallRelease().writeFolder(join(root, '40.0'));
    const running = await admin.ingest({ source: 'directory', path: 'big', release: '40.0' });
    await admin.begun(running);

    const again = await admin.post('/ingestions', { source: 'directory', path: 'big', release: '40.0' });
    const named = await admin.post('/ingestions', { source: 'directory', path: '40.0' });
    const published = await admin.post('/ingestions', { source: 'download', release: '40.0' });
    const elsewhere = await (replica === null ? admin : new AdminClient(replica.client)).post('/ingestions', {
      source: 'directory',
      path: '40.0',
    });
    const stillRunning = await admin.job(running);
    await admin.post(`/jobs/${running}/cancel`);
    await admin.ended(running);

    const answers = [again, named, published, elsewhere];
    expect(answers.map(gistOf)).toEqual(answers.map(() => '409 CONFLICT'));
    expect(answers.map((answer) => problemOf(answer).job_id)).toEqual(answers.map(() => running));
    expect(stillRunning.state).toBe('active');
  });

  test.each(['0', '-1', '1.5', 'latest', '30.1', '1000000000', '1e3'])(
    'leaves no release that could be activated as %s',
    async (id) => {
      expect(gistOf(await admin.post(`/releases/${id}/activate`))).toBe('400 VALIDATION_FAILED id');
    },
  );

  test.each([
    ['POST', '/releases/999999999/activate', 'There is no release with id 999999999.'],
    [
      'GET',
      '/ingestions/3f0c8a52-6f0e-4d4e-9d0a-2b8f6c1d7e91',
      'There is no ingestion 3f0c8a52-6f0e-4d4e-9d0a-2b8f6c1d7e91.',
    ],
    [
      'GET',
      '/ingestions/3f0c8a52-6f0e-4d4e-9d0a-2b8f6c1d7e91/rejected-rows',
      'There is no ingestion 3f0c8a52-6f0e-4d4e-9d0a-2b8f6c1d7e91.',
    ],
  ])('that is not there is not found: %s %s', async (method, path, detail) => {
    const answer = method === 'GET' ? await admin.get(path) : await admin.post(path);

    expect([gistOf(answer), problemOf(answer).detail]).toEqual(['404 NOT_FOUND', detail]);
  });

  test.each([
    ['/ingestions/7', 'id'],
    ['/ingestions/3F0C8A52-6F0E-4D4E-9D0A-2B8F6C1D7E91', 'id'],
    ['/ingestions/7/rejected-rows', 'id'],
    ['/ingestions?page=0', 'page'],
    ['/ingestions?page_size=1000', 'page_size'],
    ['/ingestions?state=active', 'state'],
    ['/ingestions/3f0c8a52-6f0e-4d4e-9d0a-2b8f6c1d7e91?x=1', 'x'],
    ['/ingestions/3f0c8a52-6f0e-4d4e-9d0a-2b8f6c1d7e91/rejected-rows?page_size=0', 'page_size'],
  ])(`cannot be asked for with ${ADMIN}%s`, async (path, parameter) => {
    expect(gistOf(await admin.get(path))).toBe(`400 VALIDATION_FAILED ${parameter}`);
  });
});
