import { join } from 'node:path';
import { eventually } from '../support/e2e/eventually';
import type { JobView } from '../support/e2e/admin-client';
import { OnetStub } from '../support/onet-web-services/onet-stub';
import { levelGapPath, occupationPath, skillsPath } from '../support/pulls/paths';
import { describeEmbedded, describeInEveryMode } from '../support/pulls/pulling';
import { json, storedAll } from '../support/pulls/requests';
import { codeOf, SmallRelease } from '../support/release-folder';

const PULLED = 20;
const FAILS_WITHIN_MS = 20_000;
const SERVED_WITHIN_MS = 5000;

describeEmbedded('An occupation that was pulled and cannot be stored', (mode) => {
  const stub = OnetStub.fromRelease(new SmallRelease({ rated: 40 }));
  beforeEach(() => stub.start());
  afterEach(() => stub.stop());

  test('is served all the same for as long as the process lives, and pulled again by the next one', async () => {
    const { api, admin, options, query } = await mode.start(stub);
    await query(
      "CREATE TRIGGER no_room BEFORE INSERT ON occupation_skills BEGIN SELECT RAISE(ABORT, 'no room at all'); END",
    );

    const first = await json(api, skillsPath(PULLED));
    const other = await json(api, levelGapPath(0, PULLED));
    const job = async (): Promise<JobView | undefined> =>
      ((await admin.get('/jobs?type=pull-occupation')).json() as { items: JobView[] }).items[0];
    await eventually('the job is given up', async () => (await job())?.state === 'failed', FAILS_WITHIN_MS);
    const second = await json(api, skillsPath(PULLED));
    const asked = stub.requestsFor(codeOf(PULLED)).length;
    await query('DROP TRIGGER no_room');
    await api.process.kill();
    const next = await mode.processes.startApi(options);
    const third = await json<{ occupation: { pulled_at: string } }>(next, skillsPath(PULLED));

    expect(first).toMatchObject({ occupation: { code: codeOf(PULLED), source: 'web_services' } });
    expect(other).toMatchObject({ to_occupation: { source: 'web_services' } });
    expect(second).toEqual(first);
    // attempts to store it go on from what was delivered
    expect(asked).toBe(2);
    expect(await job().catch(() => 'the process is gone')).toBe('the process is gone');
    expect(third).toMatchObject({ ...first, occupation: { code: codeOf(PULLED) } });
    await storedAll((sql) => query(`${sql} AND state <> 'failed'`));
    expect(await query(`SELECT 1 FROM occupation_skills WHERE onetsoc_code = '${codeOf(PULLED)}'`)).toHaveLength(8);
  });
});

describeInEveryMode('Once a release that rates pulled occupations is in service', (mode) => {
  const stub = OnetStub.fromRelease(new SmallRelease({ rated: 40, unrated: 3 }));
  beforeEach(async () => {
    stub.reset();
    await stub.start();
  });
  afterEach(() => stub.stop());

  test('they are answered from it, and only the others are kept', async () => {
    const { api, admin, options, query } = await mode.start(stub);
    const root = options.environment?.['ONET_DATA_ROOT'] ?? '';
    // rated there from then on, listed there without ratings from then on, and still missing
    const [rated, unrated, missing] = [10, 15, 30] as const;
    for (const one of [rated, unrated, missing]) await json(api, skillsPath(one));
    // O*NET has no ratings of this one, and the next release lists it
    await api.client.get(skillsPath(40));
    await storedAll(query);
    await new SmallRelease({ rated: 14, unrated: 4, edition: 1 }).writeFolder(join(root, '30.2'));

    const id = await admin.ingest({ source: 'directory', path: '30.2' });
    expect(await admin.ended(id)).toMatchObject({ state: 'completed' });
    const isServed = async (): Promise<boolean> =>
      (await json<{ release: string }>(api, occupationPath(0))).release === '30.2';
    await eventually('the new release is served', isServed, SERVED_WITHIN_MS);

    const sources = new Map<number, unknown>();
    for (const one of [rated, unrated, missing]) {
      sources.set(one, (await json<{ occupation: { source: unknown } }>(api, skillsPath(one))).occupation.source);
    }
    expect([...sources.values()]).toEqual(['text', 'web_services', 'web_services']);
    expect(await json(api, occupationPath(rated))).toMatchObject({ release: '30.2', pulled_at: null });
    const overlay = `release_id = (SELECT id FROM releases WHERE source = 'overlay')`;
    const kept = async (): Promise<string> => {
      const rows = await query<{ code: string }>(
        `SELECT DISTINCT onetsoc_code AS code FROM occupation_skills WHERE ${overlay} ORDER BY onetsoc_code`,
      );
      return rows.map(({ code }) => code).join();
    };
    const isTidy = async (): Promise<boolean> => (await kept()) === [unrated, missing].map(codeOf).join();
    await eventually('what the release has is gone from the overlay', isTidy, SERVED_WITHIN_MS);
    const asked = stub.requests.length;
    const gap = await json(api, levelGapPath(rated, missing));
    expect(gap).toMatchObject({ from_occupation: { source: 'text' }, to_occupation: { source: 'web_services' } });
    expect(stub.requests.length).toBe(asked);
  });
});
