import { join } from 'node:path';
import { eventually } from '../support/e2e/eventually';
import { servedVersion } from '../support/e2e/admin-client';
import type { Ending } from '../support/e2e/built-process';
import { useProcesses } from '../support/e2e/processes';
import { useOnetStub } from '../support/onet-web-services/use-onet-stub';
import { accessTo } from '../support/pulls/pulling';
import { SmallRelease } from '../support/release-folder';
import { rateAnew } from '../support/web-services/editions';

const SERVED_WITHIN_MS = 5000;

describe('The command line, with the Web Services,', () => {
  const processes = useProcesses();
  const stub = useOnetStub();

  const environment = (): Readonly<Record<string, string>> => ({
    ...accessTo(stub, 'v2'),
    ONET_REQUESTS_PER_SECOND: '0',
  });

  const run = (folder: string, ...args: string[]): Promise<Ending> =>
    processes.runCli(['ingest', ...args], { folder, environment: environment() });

  test('builds a release, shows how far it is and sums up its tables', async () => {
    const folder = await processes.folder();

    const { code, stdout, stderr } = await run(folder, '--web-services', '--release', '31.0');

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Pulling …\n(Pulling: \d+ %\n)*Normalising …\n/);
    expect(stdout).toContain(
      'O*NET release 31.0 (all tables of the O*NET Web Services): 12 occupations, 10 of them rated.',
    );
    expect(stdout).toMatch(/│ skills +│ +80 │ +80 │ +0 │/);
    expect(stdout).toMatch(/Release 1 is active: it is served from now on\.\n$/);
  });

  test('refreshes with --incremental, and says where there is nothing to load', async () => {
    const folder = await processes.folder();
    await run(folder, '--web-services', '--release', '31.0');

    const unchanged = await run(folder, '--web-services', '--incremental');
    const next = new SmallRelease();
    rateAnew(next, 4);
    stub.replace(next);
    const refreshed = await run(folder, '--web-services', '--incremental');

    expect([unchanged.code, unchanged.stderr]).toEqual([0, '']);
    expect(unchanged.stdout).toBe(
      'Comparing …\nNothing was loaded: release 1, which is active, has the same already.\n',
    );
    expect([refreshed.code, refreshed.stderr]).toEqual([0, '']);
    expect(refreshed.stdout).toContain('(1 occupations of the O*NET Web Services, the rest as in release 1)');
    expect(refreshed.stdout).toMatch(/Release 2 is active/);
  });

  test('has the process that serves build it with --queue', async () => {
    const folder = await processes.folder();
    await new SmallRelease({ edition: 1 }).writeFolder(join(folder, 'db_30_1_text'));
    const api = await processes.startApi({ folder, environment: { ...environment(), ONET_DATA_DIR: 'db_30_1_text' } });

    const { code, stdout } = await run(folder, '--web-services', '--release', '31.0', '--queue');

    expect(code).toBe(0);
    expect(stdout).toMatch(/^Job [0-9a-f-]{36} is queued\.\n/);
    expect(stdout).toMatch(/Release 2 is active/);
    await eventually('it is served', async () => (await servedVersion(api.client)) === '31.0', SERVED_WITHIN_MS);
  });

  test('says in one sentence that they are not configured', async () => {
    const { code, stdout, stderr } = await processes.runCli(['ingest', '--web-services']);

    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      '"web_services" is not possible here: ONET_API_KEY, or ONET_USERNAME and ONET_PASSWORD, are not set.\n',
    );
  });

  test('says in one sentence what is wrong with them', async () => {
    const wrong = { ...environment(), ONET_API_KEY: 'not-the-key-of-the-stub' };

    const { code, stderr } = await processes.runCli(['ingest', '--web-services'], { environment: wrong });

    expect(code).toBe(1);
    expect(stderr).toBe(`The O*NET Web Services at ${stub.v2Url} refuse the credentials (401): check ONET_API_KEY.\n`);
  });
});
