import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeOnEveryDatabase } from '../support/databases';
import { type Answer, send } from '../support/e2e/http';
import { serving, useApi, useProcesses, type ServingApi } from '../support/e2e/processes';
import { SmallRelease } from '../support/release-folder';

interface ListedRelease {
  readonly version: string;
  readonly label: string;
  readonly status: string;
  readonly active: boolean;
}

async function releasesOf({ client }: ServingApi): Promise<ListedRelease[]> {
  return ((await client.get('/api/v1/releases')).json() as { items: ListedRelease[] }).items;
}

const PAIR = '/api/v1/skill-gap-by-lvl?from=11-1011.00&to=11-3013.00';
const THE_SAMPLE = {
  version: '30.1',
  label: 'bundled sample: 63 of the 1,016 occupations of release 30.1',
  status: 'ready',
  active: true,
};

describe('A first start in an empty folder, without any configuration', () => {
  const processes = useProcesses('block');
  let folder: string;
  const api = useApi(async () => {
    folder = await processes.folder();
    return { folder };
  });

  test('loads the sample into a database below the folder', async () => {
    expect(await releasesOf(api)).toEqual([expect.objectContaining(THE_SAMPLE)]);
    expect(existsSync(join(folder, '.data', 'onet.sqlite'))).toBe(true);
    expect(api.process.stderr).toBe('');
  });

  test('tells what is served, and how to load the whole release', () => {
    const { stdout } = api.process;

    expect(stdout).toContain('O*NET release 30.1: 63 occupations, 60 of them rated on 35 skills.');
    expect(stdout).toContain('This is the bundled sample. Load the whole release: npm run ingest -- --download 30.1');
    expect(stdout).toContain('npm run ingest -- --from <folder|zip>');
  });

  test('tells the address of Swagger UI, which is there', async () => {
    const [, address = ''] = /^Swagger UI +(\S+)$/m.exec(api.process.stdout) ?? [];

    const page = await fetched(address);

    expect(page.status).toBe(200);
    expect(page.mediaType).toBe('text/html');
  });

  test('shows a curl line that works', async () => {
    const [, address = ''] = /^Try +curl '([^']+)'$/m.exec(api.process.stdout) ?? [];

    const answer = await fetched(address);

    expect(answer.status).toBe(200);
    expect((answer.json() as { skill_gaps: unknown[] }).skill_gaps).toHaveLength(9);
  });
});

/** The address as it is printed, with the name of the host that is printed. */
function fetched(address: string): Promise<Answer> {
  const { origin, pathname, search } = new URL(address);
  return send(origin, { path: `${pathname}${search}` });
}

describeOnEveryDatabase('A start', (database) => {
  const processes = useProcesses();

  test('on an empty database loads the sample, and the next one finds it there', async () => {
    const databaseUrl = await database.create();
    const first = await processes.startApi({ databaseUrl });
    const before = await releasesOf(first);
    const answer = await first.client.get(PAIR);
    await first.process.kill();

    const second = await processes.startApi({ databaseUrl });

    expect(first.process.stdout).toContain('Loaded O*NET release 30.1');
    expect(before).toEqual([expect.objectContaining(THE_SAMPLE)]);
    expect(second.process.stdout).not.toContain('Loaded O*NET release');
    expect(await releasesOf(second)).toEqual(before);
    expect((await second.client.get(PAIR)).body).toBe(answer.body);
  });

  test('of two processes at once on an empty database loads the sample once, and both serve it', async () => {
    const databaseUrl = await database.create();

    const launched = await Promise.all([1, 2].map(() => processes.launchApi({ databaseUrl })));
    const [one, two] = (await Promise.all(launched.map(serving))) as [ServingApi, ServingApi];

    const loads = launched.filter(({ stdout }) => stdout.includes('Loaded O*NET release'));
    expect(loads).toHaveLength(1);
    expect(await releasesOf(one)).toEqual([expect.objectContaining(THE_SAMPLE)]);
    expect(await releasesOf(two)).toEqual(await releasesOf(one));
    expect((await two.client.get(PAIR)).body).toBe((await one.client.get(PAIR)).body);
    expect([one.process.stderr, two.process.stderr]).toEqual(['', '']);
  });

  test.each(['folder', 'zip'] as const)('loads the release that ONET_DATA_DIR names, a %s', async (form) => {
    const release = new SmallRelease({ rated: 3, unrated: 1 });
    const folder = await processes.folder();
    const place =
      form === 'folder'
        ? await release.writeFolder(join(folder, 'db_29_3_text'))
        : await release.writeZip(join(folder, 'db_29_3_text.zip'));

    const api = await processes.startApi({
      databaseUrl: await database.create(),
      environment: { ONET_DATA_DIR: place },
    });

    expect(await releasesOf(api)).toEqual([expect.objectContaining({ version: '29.3', active: true })]);
    const { stdout } = api.process;
    expect(stdout).toContain('O*NET release 29.3: 4 occupations, 3 of them rated on 4 skills.');
    expect(stdout).not.toContain('bundled sample');
    const [, url = ''] = /curl '([^']+)'/.exec(stdout) ?? [];
    const { pathname, search } = new URL(url);
    expect((await api.client.get(`${pathname}${search}`)).status).toBe(200);
  });

  test('leaves alone what is served when ONET_DATA_DIR is set later', async () => {
    const databaseUrl = await database.create();
    await (await processes.startApi({ databaseUrl })).process.kill();
    const other = await new SmallRelease().writeFolder(join(await processes.folder(), 'db_29_3_text'));

    const api = await processes.startApi({ databaseUrl, environment: { ONET_DATA_DIR: other } });

    expect(await releasesOf(api)).toEqual([expect.objectContaining(THE_SAMPLE)]);
  });
});
