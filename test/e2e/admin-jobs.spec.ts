import { join } from 'node:path';
import { describeOnEveryDatabase } from '../support/databases';
import { AdminClient, type JobView, servedVersion } from '../support/e2e/admin-client';
import { gistOf, problemOf } from '../support/e2e/problems';
import { ADMIN_KEY, type ServingApi, useProcesses } from '../support/e2e/processes';
import { SmallRelease } from '../support/release-folder';

const UNKNOWN_ID = '3f0c8a52-6f0e-4d4e-9d0a-2b8f6c1d7e91';
/** Enough occupations that there is time to cancel; those beyond what codes there are for are rejected. */
const VERY_MANY = 16_000;
/** Enough that a signal comes before two of them are done. */
const MANY = 8000;
/** Cancelling takes effect at the next heartbeat, which comes every second, and at the next step after it. */
const CANCELLED_WITHIN_MS = 5000;
const ENDS_WITHIN_MS = 9500;
/** Two starts, and up to three imports, on a busy machine. */
const LONG_MS = 120_000;

const PUBLIC_MEMBERS = 'attempt created_at error finished_at id progress started_at state type';

interface AdminJobs {
  readonly items: readonly (JobView & Readonly<Record<string, unknown>>)[];
  readonly page: number;
  readonly page_size: number;
  readonly total: number;
}

describeOnEveryDatabase('A job', (database) => {
  const processes = useProcesses('block');
  let root: string;
  let api: ServingApi;
  let admin: AdminClient;
  let versions = 0;

  beforeAll(async () => {
    root = join(await processes.folder(), 'releases');
    const first = await new SmallRelease().writeFolder(join(root, '30.1'));
    await new SmallRelease({ rated: VERY_MANY, edition: 1 }).writeFolder(join(root, 'big'));
    const environment = { ADMIN_API_KEYS: ADMIN_KEY, ONET_DATA_ROOT: root, ONET_DATA_DIR: first };
    api = await processes.startApi({ databaseUrl: await database.create(), environment });
    admin = new AdminClient(api.client);
  });

  /** A version that no other test uses. */
  function version(): string {
    return `50.${++versions}`;
  }

  /** Id of an ingestion that is at it, and will be for some seconds. */
  async function running(): Promise<string> {
    const id = await admin.ingest({ source: 'directory', path: 'big', release: version() });
    await admin.begun(id);
    return id;
  }

  async function statuses(): Promise<string[]> {
    const { items } = (await api.client.get('/api/v1/releases')).json() as { items: { status: string }[] };
    return items.map(({ status }) => status);
  }

  test('that runs stops when it is cancelled, and what was served still is', async () => {
    const served = await servedVersion(api.client);
    const id = await running();
    await admin.underWay(id);

    const answer = await admin.post(`/jobs/${id}/cancel`);
    const ended = await admin.ended(id, CANCELLED_WITHIN_MS);

    expect([answer.status, answer.header('location')]).toEqual([202, `/api/v1/jobs/${id}`]);
    expect(ended).toMatchObject({ id, state: 'cancelled', attempt: 1, error: null });
    expect(ended.finished_at).not.toBeNull();
    expect(await servedVersion(api.client)).toBe(served);
    expect(await statuses()).not.toContain('loading');
    expect((await admin.get(`/ingestions/${id}`)).json()).toMatchObject({ state: 'cancelled' });
  });

  test('that waits behind another is cancelled at once', async () => {
    const first = await running();
    const waiting = await admin.ingest({ source: 'directory', path: '30.1', release: version() });
    const before = await admin.job(waiting);

    const answer = await admin.post(`/jobs/${waiting}/cancel`);

    expect(before).toMatchObject({ state: 'queued', attempt: 0, progress: null, started_at: null });
    expect([answer.status, answer.json()]).toEqual([
      202,
      expect.objectContaining({ id: waiting, state: 'cancelled', attempt: 0, started_at: null }),
    ]);
    await admin.post(`/jobs/${first}/cancel`);
    await admin.ended(first);
    expect((await admin.job(waiting)).state).toBe('cancelled');
  });

  test('that was cancelled is run again when it is retried', async () => {
    const release = version();
    const path = release;
    await new SmallRelease({ rated: MANY, edition: 1 }).writeFolder(join(root, path));
    const id = await admin.ingest({ source: 'directory', path });
    await admin.begun(id);
    await admin.post(`/jobs/${id}/cancel`);
    await admin.ended(id);
    await new SmallRelease({ edition: 2 }).writeFolder(join(root, path));

    const answer = await admin.post(`/jobs/${id}/retry`);
    const ended = await admin.ended(id);

    expect([answer.status, answer.header('location')]).toEqual([202, `/api/v1/jobs/${id}`]);
    expect(answer.json()).toMatchObject({ id, finished_at: null, error: null });
    expect(ended).toMatchObject({ state: 'completed', attempt: 2, error: null });
    expect(await servedVersion(api.client)).toBe(release);
    expect((await admin.get(`/ingestions/${id}`)).json()).toMatchObject({ state: 'completed', note: null });
  });

  test('that failed is run again when it is retried, once what was wrong is mended', async () => {
    const release = version();
    const broken = new SmallRelease({ edition: 3 }).removeFile('Occupation Data.txt');
    await broken.writeFolder(join(root, release));
    const id = await admin.ingest({ source: 'directory', path: release });
    const failed = await admin.ended(id);
    await new SmallRelease({ edition: 3 }).writeFolder(join(root, release));

    await admin.post(`/jobs/${id}/retry`);
    const ended = await admin.ended(id);

    expect(failed).toMatchObject({
      state: 'failed',
      error: { detail: `${release} is no O*NET text release: it lacks Occupation Data.txt.` },
    });
    expect(ended).toMatchObject({ state: 'completed', attempt: 2, error: null });
  });

  test('that was cancelled cannot be retried while another one about the same is unfinished', async () => {
    const release = version();
    const request = { source: 'directory', path: 'big', release };
    const first = await admin.ingest(request);
    await admin.begun(first);
    await admin.post(`/jobs/${first}/cancel`);
    await admin.ended(first);
    const second = await admin.ingest(request);

    const answer = await admin.post(`/jobs/${first}/retry`);
    await admin.post(`/jobs/${second}/cancel`);
    await admin.ended(second);

    expect(gistOf(answer)).toBe('409 CONFLICT');
    expect(problemOf(answer).job_id).toBe(second);
    expect((await admin.job(first)).state).toBe('cancelled');
  });

  test('that is completed can be neither cancelled nor retried', async () => {
    const id = await admin.ingest({ source: 'directory', path: '30.1', release: version() });
    const ended = await admin.ended(id);

    const cancelled = await admin.post(`/jobs/${id}/cancel`);
    const retried = await admin.post(`/jobs/${id}/retry`);

    expect([cancelled, retried].map(gistOf)).toEqual(['409 CONFLICT', '409 CONFLICT']);
    expect(problemOf(cancelled).detail).toBe(`The job ${id} is completed and cannot be cancelled.`);
    expect(problemOf(retried).detail).toBe(
      `The job ${id} is completed: only failed and cancelled jobs can be retried.`,
    );
    expect(await admin.job(id)).toEqual(ended);
  });

  test('that runs cannot be retried', async () => {
    const id = await running();

    const answer = await admin.post(`/jobs/${id}/retry`);
    await admin.post(`/jobs/${id}/cancel`);
    await admin.ended(id);

    expect(gistOf(answer)).toBe('409 CONFLICT');
  });

  test('shows to everybody how far it is, and to admins alone what was asked for, by whom, and the error as thrown', async () => {
    await new SmallRelease().removeFile('Skills.txt').writeFolder(join(root, 'no-skills'));
    const release = version();
    const id = await admin.ingest({ source: 'directory', path: 'no-skills', release, activate_anyway: true });
    await admin.ended(id);

    const everybody = await api.client.get(`/api/v1/jobs/${id}`);
    const [own] = ((await admin.get('/jobs?page_size=1')).json() as AdminJobs).items;

    expect(
      Object.keys(everybody.json() as object)
        .sort()
        .join(' '),
    ).toBe(PUBLIC_MEMBERS);
    expect(everybody.body).not.toMatch(/admin|activateAnyway|payload|\bat .*\.js/);
    expect(own).toMatchObject({
      ...(everybody.json() as JobView),
      payload: { source: 'directory', path: 'no-skills', release, activateAnyway: true },
      result: null,
      requested_by: expect.stringMatching(/^admin [0-9a-f]{8}$/) as string,
      place: 'queue',
      owner: null,
      failures: 1,
      cancel_requested: false,
      raw_error: expect.stringMatching(/no-skills is no O\*NET text release.*\n\s+at /) as string,
    });
  });

  test('is listed newest first, by state and kind, and page by page', async () => {
    const cancelled = await running();
    await admin.post(`/jobs/${cancelled}/cancel`);
    await admin.ended(cancelled);
    const completed = await admin.ingest({ source: 'directory', path: '30.1', release: version() });
    await admin.ended(completed);
    const list = async (query: string): Promise<AdminJobs> => (await admin.get(`/jobs${query}`)).json() as AdminJobs;

    const all = await list('?page_size=200');
    const ids = all.items.map(({ id }) => id);

    expect(ids.slice(0, 2)).toEqual([completed, cancelled]);
    expect(all.total).toBe(ids.length);
    const created = all.items.map((job) => String(job['created_at']));
    expect(created).toEqual([...created].sort().reverse());
    for (const state of ['queued', 'active', 'completed', 'failed', 'cancelled']) {
      const expected = all.items.filter((job) => job.state === state).map(({ id }) => id);
      const found = await list(`?state=${state}&page_size=200`);
      expect([found.items.map(({ id }) => id), found.total]).toEqual([expected, expected.length]);
    }
    expect((await list('?type=import-release')).total).toBe(all.total);
    expect(await list('?type=other-work&state=completed')).toMatchObject({ items: [], total: 0 });
    const second = await list('?page=2&page_size=1');
    expect(second).toMatchObject({ items: [{ id: cancelled }], page: 2, page_size: 1, total: all.total });
  });

  test.each([
    ['?state=done', 'state'],
    ['?state=', 'state'],
    ['?state=active&state=queued', 'state'],
    ['?type=', 'type'],
    ['?type=Import%20Release', 'type'],
    ['?page=0', 'page'],
    ['?page_size=201', 'page_size'],
    ['?owner=me', 'owner'],
  ])('cannot be listed with %s', async (query, parameter) => {
    expect(gistOf(await admin.get(`/jobs${query}`))).toBe(`400 VALIDATION_FAILED ${parameter}`);
  });

  test.each(['cancel', 'retry'])('that is not there cannot be asked to %s', async (action) => {
    const unknown = await admin.post(`/jobs/${UNKNOWN_ID}/${action}`);
    const malformed = await admin.post(`/jobs/7/${action}`);

    expect([gistOf(unknown), gistOf(malformed)]).toEqual(['404 NOT_FOUND', '400 VALIDATION_FAILED id']);
    expect(problemOf(unknown).detail).toBe(`There is no job ${UNKNOWN_ID}. Jobs are forgotten after 30 days.`);
  });

  test.each([`/jobs/${UNKNOWN_ID}/cancel`, `/jobs/${UNKNOWN_ID}/retry`, '/releases/999999999/activate'])(
    'takes nothing with it at %s: a body, or one that is none, is refused',
    async (path) => {
      const answers = [
        await admin.post(path, { force: true }),
        await admin.post(path, [1]),
        await admin.postRaw(path, '{', 'application/json'),
        await admin.postRaw(path, 'force', 'text/csv'),
        await admin.postRaw(path, JSON.stringify('a'.repeat(64 * 1024)), 'application/json'),
        await admin.post(`${path}?force=1`),
        await admin.post(path, {}),
      ];

      expect(answers.map(gistOf)).toEqual([
        '400 VALIDATION_FAILED /force',
        '400 VALIDATION_FAILED body',
        '400 VALIDATION_FAILED',
        '415 UNSUPPORTED_MEDIA_TYPE content-type',
        '413 PAYLOAD_TOO_LARGE body',
        '400 VALIDATION_FAILED force',
        '404 NOT_FOUND',
      ]);
    },
  );
});

describeOnEveryDatabase('A job that runs inside the api', (database) => {
  const processes = useProcesses();

  test(
    'is put back when the api is told to end, and done by the next one',
    async () => {
      const root = await processes.folder();
      const first = await new SmallRelease().writeFolder(join(root, '30.1'));
      await new SmallRelease({ rated: MANY, edition: 1 }).writeFolder(join(root, 'big'));
      const environment = { ADMIN_API_KEYS: ADMIN_KEY, ONET_DATA_ROOT: root, ONET_DATA_DIR: first };
      const options = { databaseUrl: await database.create(), environment };
      const before = await processes.startApi(options);
      const admin = new AdminClient(before.client);
      const ids = [];
      for (const release of ['51.1', '51.2']) {
        ids.push(await admin.ingest({ source: 'directory', path: 'big', release }));
      }
      await admin.begun(ids[0] ?? '');

      before.process.send('SIGTERM');
      const ending = await before.process.end(ENDS_WITHIN_MS);
      const after = new AdminClient((await processes.startApi(options)).client);
      const ended = await Promise.all(ids.map(async (id) => (await after.ended(id)).state));

      expect([ending.code, ending.signal, ending.stderr]).toEqual([0, null, '']);
      expect(ended).toEqual(['completed', 'completed']);
      expect(await servedVersion(after.client)).toBe('51.2');
    },
    LONG_MS,
  );
});
