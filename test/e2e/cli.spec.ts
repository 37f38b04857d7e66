import { join } from 'node:path';
import { eventually } from '../support/e2e/eventually';
import type { Ending } from '../support/e2e/built-process';
import { useProcesses, type ServingApi } from '../support/e2e/processes';
import { codeOf, OCCUPATION_FILE, SKILL_FILE, SmallRelease } from '../support/release-folder';
import { useStubServer } from '../support/stub-server';
import { zipArchive } from '../support/zip-archive';

const SERVED_WITHIN_MS = 4000;
const USAGE = /^Usage:\n( {2}npm run (ingest|gap|releases|assess|llm:report|backup|restore)\b.*\n){10}$/m;

const ONE_SOURCE = 'Give one of --from <folder|zip>, --download <release> such as --download 30.1, and --web-services.';

/** Rows of the tables that are shown, cell by cell. */
function tableRows(output: string): string[][] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('│'))
    .map((line) => line.slice(1, -1).split('│'))
    .map((cells) => cells.map((cell) => cell.trim()));
}

describe('The command line', () => {
  const processes = useProcesses();
  const stub = useStubServer();

  /** Runs a command; whatever it says, it is plain text, since there is no terminal. */
  async function run(folder: string, args: readonly string[], environment = {}): Promise<Ending> {
    const ending = await processes.runCli(args, { folder, environment });
    // eslint-disable-next-line no-control-regex -- what must not be there is control characters
    expect(ending.stdout + ending.stderr).not.toMatch(/[\u001b\r\b]/);
    return ending;
  }

  async function served(api: ServingApi): Promise<string> {
    return ((await api.client.get('/health/ready')).json() as { release: string }).release;
  }

  /** A working folder in which the api serves a small release 30.1. */
  async function servingFolder(): Promise<{ folder: string; api: ServingApi }> {
    const folder = await processes.folder();
    await new SmallRelease().writeFolder(join(folder, 'db_30_1_text'));
    const api = await processes.startApi({ folder, environment: { ONET_DATA_DIR: 'db_30_1_text' } });
    return { folder, api };
  }

  test('shows how an ingestion goes line by line, and sums up what became of the rows and why', async () => {
    const folder = await processes.folder();
    const release = new SmallRelease({ rated: 10, unrated: 2 });
    const skills = release.table(SKILL_FILE);
    const first = skills.line(2);
    const unknown = skills.append(first.replace(codeOf(0), '99-9999.00'));
    const duplicate = skills.append(first);
    const short = skills.append('11-1011.00\t2.A.1.a');
    await release.writeFolder(join(folder, 'db_30_1_text'));

    const { code, stdout, stderr } = await run(folder, ['ingest', '--from', 'db_30_1_text']);

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^Landing …\n(Landing: \d+ %\n)*Normalising …\n(Normalising: \d+ %\n)*Checking and activating …\n/,
    );
    expect(stdout).toMatch(
      /^O\*NET release 30\.1 \(text release from db_30_1_text\): 12 occupations, 10 of them rated\. \d+\.\d s\.$/m,
    );
    expect(tableRows(stdout)).toEqual([
      ['file', 'landed', 'normalised', 'rejected', 'unneeded'],
      ['Occupation Data.txt', '12', '12', '0', '0'],
      ['Scales Reference.txt', '4', '4', '0', '0'],
      // one line cannot even be landed, two are landed and not normalised
      ['Skills.txt', '82', '80', '3', '0'],
    ]);
    expect(stdout).toContain(`Rejected 1 × UNKNOWN_OCCUPATION, first in Skills.txt line ${unknown}: `);
    expect(stdout).toContain(`Rejected 1 × DUPLICATE_KEY, first in Skills.txt line ${duplicate}: `);
    expect(stdout).toContain(
      `Rejected 1 × TOO_FEW_COLUMNS, first in Skills.txt line ${short}: The line has 2 columns, the header 13`,
    );
    expect(stdout).toMatch(/Release 1 is active: it is served from now on\.\n$/);
  });

  test('keeps back a release with too many losses, and serves it when told to', async () => {
    const { folder, api } = await servingFolder();
    const poor = new SmallRelease({ rated: 7, unrated: 5, edition: 1 });
    await poor.writeFolder(join(folder, 'db_30_2_text'));

    const kept = await run(folder, ['ingest', '--from', 'db_30_2_text']);
    const servedThen = await served(api);
    const told = await run(folder, ['releases', '--activate', '2']);

    expect([kept.code, kept.stderr]).toEqual([2, '']);
    expect(kept.stdout).toContain(
      'Release 2 was NOT activated: it rates 7 occupations, more than 20 % fewer than the 10 of the active release.\n' +
        'What was served before still is. To serve this one all the same: npm run releases -- --activate 2\n',
    );
    expect(servedThen).toBe('30.1');
    expect(told.code).toBe(0);
    await eventually('the release is served', async () => (await served(api)) === '30.2', SERVED_WITHIN_MS);
  });

  test('activates a poor release at once with --activate-anyway', async () => {
    const { folder, api } = await servingFolder();
    await new SmallRelease({ rated: 3, edition: 1 }).writeFolder(join(folder, 'poor'));

    const { code } = await run(folder, ['ingest', '--from', 'poor', '--release', '29.9', '--activate-anyway']);

    expect(code).toBe(0);
    await eventually('the release is served', async () => (await served(api)) === '29.9', SERVED_WITHIN_MS);
  });

  test('says in one sentence what is wrong with a source, and what was served still is', async () => {
    const { folder, api } = await servingFolder();
    await new SmallRelease().removeFile(OCCUPATION_FILE).writeFolder(join(folder, 'incomplete'));
    const header = new SmallRelease();
    header.table(SKILL_FILE).replace(1, 'O*NET-SOC Code\tElement ID');
    await header.writeFolder(join(folder, 'header'));

    const endings = [];
    for (const path of ['nowhere', 'incomplete', 'header']) endings.push(await run(folder, ['ingest', '--from', path]));

    expect(endings.map(({ code }) => code)).toEqual([1, 1, 1]);
    expect(endings.map(({ stderr }) => stderr)).toEqual([
      expect.stringMatching(/^There is no readable folder or \.zip at \S+\/nowhere\.\n$/),
      'incomplete is no O*NET text release: it lacks Occupation Data.txt.\n',
      expect.stringMatching(/^Skills\.txt has a wrong header: it lacks Element Name, .*\n$/),
    ]);
    expect(await served(api)).toBe('30.1');
    expect((await api.client.get(`/api/v1/skill-gap?from=${codeOf(0)}&to=${codeOf(1)}`)).status).toBe(200);
  });

  test('downloads a release, going on where the connection broke', async () => {
    const folder = await processes.folder();
    const small = new SmallRelease({ rated: 40 });
    const archive = await zipArchive(
      small.fileNames.map((file) => [`db_30_2_text/${file}`, small.bytes(file).toString()] as const),
      { compress: false },
    );
    const half = Math.floor(archive.length / 2);
    const headers = { etag: '"one"', 'content-type': 'application/zip', 'accept-ranges': 'bytes' };
    stub.answer(
      (_request, response) => {
        response.writeHead(200, { ...headers, 'content-length': archive.length });
        response.write(archive.subarray(0, half));
        // what is on its way must arrive before the connection breaks
        setTimeout(() => response.destroy(), 300);
      },
      (request, response) => {
        const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
        response.writeHead(206, {
          ...headers,
          'content-length': archive.length - start,
          'content-range': `bytes ${start}-${archive.length - 1}/${archive.length}`,
        });
        response.end(archive.subarray(start));
      },
    );

    const { code, stdout } = await run(folder, ['ingest', '--download', '30.2'], { ONET_DOWNLOAD_BASE_URL: stub.url });

    expect(code).toBe(0);
    expect(stub.requests.map(({ path }) => path)).toEqual(['/db_30_2_text.zip', '/db_30_2_text.zip']);
    expect(stub.requests[1]?.headers).toMatchObject({ range: `bytes=${half}-`, 'if-range': '"one"' });
    expect(stdout).toMatch(/^Downloading …$/m);
    expect(stdout).toContain(
      'O*NET release 30.2 (text release from db_30_2_text.zip): 42 occupations, 40 of them rated.',
    );
    expect(stdout).toMatch(/Release 1 is active/);
  });

  test('fills an empty database with the sample where ONET_RELEASE cannot be had, and says so twice', async () => {
    const folder = await processes.folder();
    stub.answer((_request, response) => response.writeHead(404).end());
    const environment = { ONET_RELEASE: '30.2', ONET_DOWNLOAD_BASE_URL: stub.url };

    const first = await run(folder, ['ingest', '--first'], environment);
    const again = await run(folder, ['ingest', '--first']);

    expect([first.code, again.code]).toEqual([0, 0]);
    expect(first.stderr).toMatch(
      /^WARNING: what was asked for is NOT loaded: .*db_30_2_text\.zip cannot be downloaded: /,
    );
    expect(first.stderr).toMatch(/^WARNING: ONLY THE BUNDLED SAMPLE IS IN SERVICE/m);
    expect(first.stdout).toMatch(/63 occupations, 60 of them rated/);
    expect(again.stdout).toBe('A release is loaded already.\n');
    expect(again.stderr).toMatch(/^WARNING: ONLY THE BUNDLED SAMPLE IS IN SERVICE.*\n$/);
  });

  test('says that there is no such release to download', async () => {
    stub.answer((_request, response) => response.writeHead(404).end('<html>Not found</html>'));

    const folder = await processes.folder();
    const missing = await run(folder, ['ingest', '--download', '99.9'], { ONET_DOWNLOAD_BASE_URL: stub.url });
    const nonsense = await run(folder, ['ingest', '--download', '../x'], { ONET_DOWNLOAD_BASE_URL: stub.url });

    expect([missing.code, nonsense.code]).toEqual([1, 1]);
    expect(missing.stderr).toBe(
      `${stub.url}/db_99_9_text.zip cannot be downloaded: there is no such release. ` +
        'See https://www.onetcenter.org/db_releases.html for those there are.\n',
    );
    expect(nonsense.stderr).toBe('"../x" is no release that can be downloaded: give one like 30.1.\n');
  });

  test.each([
    [[], 'No command.'],
    [['igest'], 'No such command: igest.'],
    [['constructor'], 'No such command: constructor.'],
    [['ingest', '--form', 'x'], "Unknown option '--form'"],
    [['ingest', '--from'], "Option '--from <value>' argument missing."],
    [['ingest', 'db_30_1_text'], "Unexpected argument 'db_30_1_text'"],
  ])('shows how it is used when it is given %j', async (args, message) => {
    const { code, stdout, stderr } = await run(await processes.folder(), args);

    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.startsWith(message)).toBe(true);
    expect(stderr).toMatch(USAGE);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test.each([
    [['ingest'], ONE_SOURCE],
    [['ingest', '--from', 'a', '--download', '30.1'], ONE_SOURCE],
    [
      ['ingest', '--download', '30.1', '--release', '30.2'],
      '--release goes with --from and --web-services; --download names the release by itself.',
    ],
    [['ingest', '--from', 'a', '--web-services'], ONE_SOURCE],
    [['ingest', '--download', '30.1', '--web-services'], ONE_SOURCE],
    [['ingest', '--incremental'], ONE_SOURCE],
    [['ingest', '--from', 'a', '--incremental'], '--incremental goes with --web-services.'],
    [['ingest', '--download', '30.1', '--incremental'], '--incremental goes with --web-services.'],
    [['ingest', '--first', '--from', 'a'], '--first goes alone: ONET_DATA_DIR or ONET_RELEASE say what to load.'],
    [['gap', '11-1011.00'], 'Give two O*NET-SOC codes, such as: npm run gap -- 11-1011.00 11-3013.00'],
  ])('says what is missing or too much in %j', async (args, sentence) => {
    const { code, stdout, stderr } = await run(await processes.folder(), args);

    expect([code, stdout, stderr]).toEqual([1, '', `${sentence}\n`]);
  });

  test('says in one sentence that the database cannot be used', async () => {
    const { code, stderr } = await run(await processes.folder(), ['releases'], {
      DATABASE_URL: 'sqlite:/dev/null/onet.sqlite',
    });

    expect(code).toBe(1);
    expect(stderr).toBe(
      'The database file /dev/null/onet.sqlite cannot be used: it cannot be opened or created. ' +
        'Check that the folder exists and may be written to.\n',
    );
  });
});

describe('On the bundled sample, the command line', () => {
  const processes = useProcesses();
  const shared = useProcesses('block');
  let folder: string;

  beforeAll(async () => {
    folder = await shared.folder();
  });

  test('prints both gaps between two occupations', async () => {
    const { code, stdout, stderr } = await processes.runCli(['gap', '11-1011.00', '11-3013.00'], { folder });

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('From 11-1011.00 Chief Executives\nTo   11-3013.00 Facilities Managers\n');
    expect(tableRows(stdout)).toEqual([
      ['element', 'skill', 'from', 'to', 'gap', 'strict'],
      ['2.B.3.j', 'Equipment Maintenance', '0.00', '2.25', '2.25', 'yes'],
      ['2.B.3.l', 'Repairing', '0.00', '1.88', '1.88', 'yes'],
      ['2.B.3.m', 'Quality Control Analysis', '1.12', '2.88', '1.76', ''],
      ['2.B.3.k', 'Troubleshooting', '0.50', '2.25', '1.75', ''],
      ['2.B.3.c', 'Equipment Selection', '0.25', '1.88', '1.63', ''],
      ['2.B.3.g', 'Operations Monitoring', '1.50', '2.50', '1.00', ''],
      ['2.B.3.h', 'Operation and Control', '1.38', '2.25', '0.87', ''],
      ['2.B.3.d', 'Installation', '0.00', '0.12', '0.12', 'yes'],
      ['2.B.3.e', 'Programming', '1.00', '1.12', '0.12', ''],
    ]);
    expect(stdout).toContain('9 skills need a higher level; 3 of them are at level 0 today (strict).');
  });

  test('says that there is no gap where there is none', async () => {
    const { code, stdout } = await processes.runCli(['gap', '15-1252.00', '15-1252.00'], { folder });

    expect(code).toBe(0);
    expect(stdout).toContain('No gap: no skill needs a higher level.');
  });

  test.each([
    ['15-2051.00', '"to": 15-2051.00 (Data Scientists) is listed in O*NET release 30.1 without skill ratings.\n'],
    ['99-9999.99', expect.stringMatching(/^"to": 99-9999\.99 is not an occupation of O\*NET release 30\.1\..*\n$/)],
    ['Programmers', '"Programmers" is not an O*NET-SOC code such as 11-1011.00.\n'],
  ])('says why there is no answer for %s', async (to, sentence) => {
    const { code, stdout, stderr } = await processes.runCli(['gap', '11-1011.00', to], { folder });

    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toEqual(sentence);
  });

  test('lists the releases, and refuses to activate what is none', async () => {
    const listed = await processes.runCli(['releases'], { folder });
    const unknown = await processes.runCli(['releases', '--activate', '99'], { folder });
    const nonsense = await processes.runCli(['releases', '--activate', 'latest'], { folder });

    expect(tableRows(listed.stdout).map((row) => [...row.slice(0, 6), row[7]])).toEqual([
      ['id', 'release', 'status', 'active', 'occupations', 'rated', 'what'],
      ['1', '30.1', 'ready', 'yes', '63', '60', 'bundled sample: 63 of the 1,016 occupations of release 30.1'],
    ]);
    expect([unknown.code, unknown.stderr]).toEqual([1, 'There is no release with id 99.\n']);
    expect([nonsense.code, nonsense.stderr]).toEqual([1, '"latest" is not the id of a release.\n']);
  });
});

describe('On an empty database, the command line', () => {
  const processes = useProcesses();

  test('says that no release is loaded yet', async () => {
    expect(await processes.runCli(['releases'])).toMatchObject({
      code: 0,
      stdout: 'No release is loaded yet.\n',
      stderr: '',
    });
  });
});
