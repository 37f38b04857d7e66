import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeOnEveryDatabase } from '../support/databases';
import { eventually } from '../support/e2e/eventually';
import { look, Observer, type Sighting } from '../support/e2e/observer';
import { useProcesses, type ServingApi } from '../support/e2e/processes';
import { codeOf, SmallRelease } from '../support/release-folder';

/** Enough rows that an ingestion takes a while, few enough that the tests do not. */
const MANY = 1500;
/** Enough that a signal arrives before it is over. */
const VERY_MANY = 8000;
const LAST = codeOf(MANY - 1);

const PATHS = [
  `/api/v1/skill-gap?from=${codeOf(0)}&to=${LAST}`,
  `/api/v1/skill-gap-by-lvl?from=${LAST}&to=${codeOf(2)}`,
  `/api/v1/occupations/${codeOf(0)}/skills`,
  `/api/v1/occupations/${LAST}/skills`,
  `/api/v1/occupations/${codeOf(700)}`,
  '/api/v1/occupations?page=75',
];
const GAP = `/api/v1/skill-gap-by-lvl?from=${codeOf(0)}&to=${codeOf(2)}`;
const ASKED_EVERY_MS = 50;
const SERVED_WITHIN_MS = 4000;
/** How long a process that is not heard of is not doubted. */
const LEASE_MS = 6500;

interface Listed {
  readonly version: string;
  readonly status: string;
  readonly active: boolean;
}

async function releasesOf({ client }: ServingApi): Promise<Listed[]> {
  const { items } = (await client.get('/api/v1/releases')).json() as { items: Listed[] };
  return items.map(({ version, status, active }) => ({ version, status, active }));
}

async function serves({ client }: ServingApi, version: string): Promise<boolean> {
  return ((await client.get('/health/ready')).json() as { release: string }).release === version;
}

/** What was seen of one path: `old` and `new`, each once for as long as it stayed, and in full what was neither. */
function course(
  path: string,
  seen: readonly Sighting[],
  old: readonly Sighting[],
  current: readonly Sighting[],
): string[] {
  const is = (one: Sighting, other: Sighting | undefined): boolean => JSON.stringify(one) === JSON.stringify(other);
  const states = seen
    .filter((sighting) => sighting.path === path)
    .map((sighting) => {
      if (old.some((one) => is(sighting, one))) return 'old';
      return current.some((one) => is(sighting, one)) ? 'new' : JSON.stringify(sighting);
    });
  return states.filter((state, index) => state !== states[index - 1]);
}

describeOnEveryDatabase('An ingestion by another process', (database) => {
  const processes = useProcesses();

  async function servingRelease(options: { rated: number }): Promise<{
    api: ServingApi;
    databaseUrl: string;
    write(version: string, edition: number, rated?: number): Promise<string>;
  }> {
    const folder = await processes.folder();
    const databaseUrl = await database.create();
    const write = (version: string, edition: number, rated = options.rated): Promise<string> =>
      new SmallRelease({ rated, edition }).writeFolder(join(folder, `db_${version.replace('.', '_')}_text`));
    const first = await write('30.1', 0);
    const api = await processes.startApi({ databaseUrl, environment: { ONET_DATA_DIR: first } });
    return { api, databaseUrl, write };
  }

  test('lets every answer be wholly from the old release, then wholly from the new one', async () => {
    const { api, databaseUrl, write } = await servingRelease({ rated: MANY });
    const second = await write('30.2', 1);
    const old = await look(api.client, PATHS);
    const observer = new Observer(api.client, PATHS, ASKED_EVERY_MS);

    const cli = await processes.runCli(['ingest', '--from', second], { databaseUrl });

    const seenMeanwhile = observer.sightings.length;
    await eventually('the new release is served', () => serves(api, '30.2'), SERVED_WITHIN_MS);
    const current = await look(api.client, PATHS);
    await sleep(4 * ASKED_EVERY_MS);
    const seen = await observer.stop();

    expect([cli.code, cli.stderr]).toEqual([0, '']);
    expect(seenMeanwhile).toBeGreaterThan(3 * PATHS.length);
    for (const path of PATHS) expect(course(path, seen, old, current)).toEqual(['old', 'new']);
    // the releases are told apart by what they say, and by their tags
    const changed = PATHS.filter((_, index) => old[index]?.body !== current[index]?.body);
    expect(changed.length).toBeGreaterThanOrEqual(5);
    expect(PATHS.filter((_, index) => old[index]?.etag === current[index]?.etag)).toEqual([]);
    expect(api.process.stdout).not.toMatch(/WARN|ERROR/);
  });

  test('makes a client that asks with the old tag fetch the new answer', async () => {
    const { api, databaseUrl, write } = await servingRelease({ rated: 20 });
    const before = await api.client.get(GAP);
    const headers = { 'if-none-match': before.header('etag') ?? '' };
    expect((await api.client.get(GAP, headers)).status).toBe(304);

    await processes.runCli(['ingest', '--from', await write('30.2', 1)], { databaseUrl });
    await eventually('the new release is served', () => serves(api, '30.2'), SERVED_WITHIN_MS);

    const after = await api.client.get(GAP, headers);
    expect(after.status).toBe(200);
    expect(after.body).not.toBe(before.body);
    expect(await releasesOf(api)).toEqual([
      { version: '30.2', status: 'ready', active: true },
      { version: '30.1', status: 'retired', active: false },
    ]);

    const back = await processes.runCli(['releases', '--activate', '1'], { databaseUrl });
    await eventually('the old release is served again', () => serves(api, '30.1'), SERVED_WITHIN_MS);

    expect(back.code).toBe(0);
    const again = await api.client.get(GAP, { 'if-none-match': after.header('etag') ?? '' });
    expect([again.status, again.body]).toEqual([200, before.body]);
  });

  test('that is killed half way changes nothing, and the next one leaves no trace of it', async () => {
    const { api, databaseUrl, write } = await servingRelease({ rated: 200 });
    const before = await look(api.client, [GAP]);
    const big = await write('30.2', 1, MANY);
    const small = await write('30.3', 2);

    const killed = await processes.launchCli(['ingest', '--from', big], { databaseUrl });
    await killed.shows(/^Normalising/m);
    await killed.kill();

    expect((await killed.end()).signal).toBe('SIGKILL');
    expect(await look(api.client, [GAP])).toEqual(before);
    expect(await releasesOf(api)).toEqual([
      { version: '30.2', status: 'loading', active: false },
      { version: '30.1', status: 'ready', active: true },
    ]);

    // until then somebody could still be at it
    await sleep(LEASE_MS);
    const next = await processes.runCli(['ingest', '--from', small], { databaseUrl });
    await eventually('the next release is served', () => serves(api, '30.3'), SERVED_WITHIN_MS);

    expect([next.code, next.stderr]).toEqual([0, '']);
    expect(await releasesOf(api)).toEqual([
      { version: '30.3', status: 'ready', active: true },
      { version: '30.1', status: 'retired', active: false },
    ]);
  });

  test('that is told to end half way changes nothing, and says so', async () => {
    const { api, databaseUrl, write } = await servingRelease({ rated: 200 });
    const before = await look(api.client, [GAP]);

    const told = await processes.launchCli(['ingest', '--from', await write('30.2', 1, VERY_MANY)], { databaseUrl });
    await told.shows(/^Normalising/m);
    told.send('SIGINT');
    const ending = await told.end();

    expect([ending.code, ending.signal]).toEqual([1, null]);
    expect(ending.stderr).toBe('Interrupted; the release that was active before is still active.\n');
    expect(await look(api.client, [GAP])).toEqual(before);
    expect((await releasesOf(api)).filter(({ status }) => status === 'loading')).toEqual([]);
  });

  test('is refused while another one of the same release is running, which goes on', async () => {
    const { api, databaseUrl, write } = await servingRelease({ rated: 200 });

    const path = await write('30.2', 1, VERY_MANY);
    const first = await processes.launchCli(['ingest', '--from', path], { databaseUrl });
    await first.shows(/^Landing/m);
    const second = await processes.runCli(['ingest', '--from', path], { databaseUrl });
    const ending = await first.end();

    expect([second.code, second.stderr]).toEqual([
      1,
      expect.stringMatching(/^This release is being ingested already, by job [0-9a-f-]{36}\.\n$/),
    ]);
    expect(ending.code).toBe(0);
    expect(await releasesOf(api)).toEqual([
      { version: '30.2', status: 'ready', active: true },
      { version: '30.1', status: 'retired', active: false },
    ]);
  });
});
