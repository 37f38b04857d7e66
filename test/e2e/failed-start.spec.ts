import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describeOnEveryServer } from '../support/databases';
import type { Ending } from '../support/e2e/built-process';
import { useProcesses, type ProcessOptions } from '../support/e2e/processes';
import { freePort } from '../support/engines/free-port';
import { OCCUPATION_FILE, SKILL_FILE, SmallRelease } from '../support/release-folder';

const processes = useProcesses();

async function failedStart(options: ProcessOptions): Promise<Ending> {
  return (await processes.launchApi(options)).end();
}

/** The sentence is all there is: not told twice, and no stack beside it. */
function expectOneSentence({ code, stdout, stderr }: Ending, sentence: string): void {
  expect(stderr).toBe(`${sentence}\n`);
  expect(code).toBe(1);
  expect(stdout).not.toMatch(/error|^\s+at /im);
}

describe('A start that cannot succeed', () => {
  test('names every variable that is wrong, a line each', async () => {
    const ending = await failedStart({ environment: { PORT: '99999', LOG_LEVEL: 'loud' } });

    expectOneSentence(
      ending,
      'The configuration is not usable:\n' +
        '  PORT must be a whole number from 0 to 65535, not "99999"\n' +
        '  LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent, not "loud"',
    );
    expect(ending.stdout).toBe('');
  });

  test('does not repeat a DATABASE_URL that it cannot read, since there may be a password in it', async () => {
    const ending = await failedStart({ databaseUrl: 'mysql://onet:geheim%@localhost/onet' });

    expect(ending.code).toBe(1);
    expect(ending.stderr).toMatch(/^The configuration is not usable:\n {2}DATABASE_URL .*\n$/);
    expect(ending.stdout + ending.stderr).not.toContain('geheim');
  });

  test('says that nothing listens where the database should be', async () => {
    const port = await freePort();

    const ending = await failedStart({ databaseUrl: `mysql://onet:geheim@127.0.0.1:${port}/onet` });

    expectOneSentence(
      ending,
      `The database onet on 127.0.0.1:${port} cannot be used: nothing listens there. ` +
        'Start the server, or correct DATABASE_URL.',
    );
    expect(ending.stdout + ending.stderr).not.toContain('geheim');
  });

  test('says that the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    try {
      const ending = await failedStart({ environment: { PORT: String(port) } });

      expectOneSentence(ending, `Port ${port} on 127.0.0.1 is taken. Stop what listens there, or set PORT.`);
    } finally {
      other.close();
    }
  });

  test('says that the address to listen on is not one of this machine', async () => {
    // from a range that is reserved for documentation
    const ending = await failedStart({ environment: { HOST: '192.0.2.1', PORT: '8000' } });

    expectOneSentence(ending, 'Cannot listen on 192.0.2.1:8000 (EADDRNOTAVAIL). Correct HOST and PORT.');
  });

  test('says that the SQLite file cannot be made where it should be', async () => {
    const folder = await processes.folder();
    await writeFile(join(folder, 'file'), '');

    const ending = await failedStart({ folder, databaseUrl: 'sqlite:file/onet.sqlite' });

    expectOneSentence(
      ending,
      'The database file file/onet.sqlite cannot be used: it cannot be opened or created. ' +
        'Check that the folder exists and may be written to.',
    );
  });

  test('says that a file is no SQLite database, and leaves it as it is', async () => {
    const folder = await processes.folder();
    await writeFile(join(folder, 'notes.txt'), 'Notes of mine. '.repeat(100));

    const ending = await failedStart({ folder, databaseUrl: 'sqlite:notes.txt' });

    expectOneSentence(
      ending,
      'The database file notes.txt cannot be used: it is not an SQLite database. ' +
        'Name another file in DATABASE_URL, or move this one away.',
    );
  });

  test('says that ONET_DATA_DIR leads nowhere', async () => {
    const ending = await failedStart({ environment: { ONET_DATA_DIR: 'no/such/folder' } });

    expectOneSentence(ending, 'There is no readable folder or .zip at no/such/folder.');
  });

  test('says what is missing in ONET_DATA_DIR', async () => {
    const folder = await processes.folder();
    await mkdir(join(folder, 'empty'));

    const ending = await failedStart({ folder, environment: { ONET_DATA_DIR: 'empty' } });

    expectOneSentence(
      ending,
      'empty is no O*NET text release: it lacks Occupation Data.txt, Scales Reference.txt, Skills.txt ' +
        '(or, from release 30.3 on, Essential Skills.txt and Transferable Skills.txt).',
    );
  });

  test('says why a release in ONET_DATA_DIR is not served, and how to serve it all the same', async () => {
    const folder = await processes.folder();
    const release = new SmallRelease({ rated: 10 });
    release.table(SKILL_FILE).remove({ 'O*NET-SOC Code': '11-1011.00', 'Scale ID': 'LV' });
    await release.writeFolder(join(folder, 'db_30_1_text'));

    const ending = await failedStart({ folder, environment: { ONET_DATA_DIR: 'db_30_1_text' } });

    expectOneSentence(
      ending,
      'Release 30.1 was loaded, but not activated: 1 of 10 occupations with ratings are incomplete (more than 1 %). ' +
        'To serve it all the same: npm run ingest -- --from db_30_1_text --activate-anyway',
    );
  });

  test('is made good by the next one', async () => {
    const folder = await processes.folder();
    const databaseUrl = 'sqlite:onet.sqlite';
    const broken = new SmallRelease().removeFile(OCCUPATION_FILE);
    await broken.writeFolder(join(folder, 'db_30_1_text'));
    const environment = { ONET_DATA_DIR: 'db_30_1_text' };
    expect((await failedStart({ folder, databaseUrl, environment })).code).toBe(1);
    await new SmallRelease().writeFolder(join(folder, 'db_30_1_text'));

    const api = await processes.startApi({ folder, databaseUrl, environment });

    expect((await api.client.get('/health/ready')).status).toBe(200);
  });
});

describeOnEveryServer('A start that the database server does not let in', (database) => {
  test('says that user or password are refused, and shows neither password', async () => {
    const url = new URL(await database.create());
    const given = url.password;
    const wrong = randomBytes(12).toString('hex');
    url.password = wrong;

    const ending = await failedStart({ databaseUrl: url.href });

    const place = `${url.pathname.slice(1)} on ${url.hostname}:${url.port}`;
    expectOneSentence(
      ending,
      `The database ${place} cannot be used: the server refuses this user or password. ` +
        'Correct DATABASE_URL, or grant the user access.',
    );
    for (const secret of [wrong, given].filter(Boolean)) expect(ending.stdout + ending.stderr).not.toContain(secret);
  });

  test('says how to create a database that does not exist', async () => {
    const url = new URL(await database.create());
    url.pathname = '/onet_not_there';

    const ending = await failedStart({ databaseUrl: url.href });

    expectOneSentence(
      ending,
      `The database onet_not_there on ${url.hostname}:${url.port} cannot be used: it does not exist. ` +
        'Create it: CREATE DATABASE `onet_not_there` CHARACTER SET utf8mb4;',
    );
  });
});
