import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { OperatorError } from '@app/common';
import { openDatabase } from '@app/database';
import { databaseConfig } from '../support/database-config';
import { describeOnEveryServer } from '../support/databases';
import { useTemporaryFolder } from '../support/temporary-folder';

/** The sentence with which opening a database fails. */
async function refusal(url: string): Promise<string> {
  const failure: unknown = await openDatabase(databaseConfig(url)).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(OperatorError);
  return (failure as Error).message;
}

describe('A start on SQLite', () => {
  const folder = useTemporaryFolder();

  test('makes the file and the folders above it', async () => {
    const path = join(folder.path, 'new', 'folder', 'onet.sqlite');

    const dataSource = await openDatabase({ kind: 'sqlite', path });
    await dataSource.destroy();

    expect((await readFile(path)).subarray(0, 15).toString()).toBe('SQLite format 3');
  });

  test('fails with one sentence where the file is no SQLite database, and leaves it as it is', async () => {
    const path = join(folder.path, 'onet.sqlite');
    const content = 'O*NET-SOC Code\tTitle\r\n'.repeat(100);
    await writeFile(path, content);

    expect(await refusal(`sqlite:${path}`)).toBe(
      `The database file ${path} cannot be used: it is not an SQLite database. ` +
        'Name another file in DATABASE_URL, or move this one away.',
    );
    expect(await readFile(path, 'utf8')).toBe(content);
  });

  test.each([
    ['there is a folder in its place', (path: string) => mkdir(path, { recursive: true })],
    ['a folder above it is a file', (path: string) => writeFile(dirname(path), '')],
  ])('fails with one sentence where %s', async (_, make) => {
    const path = join(folder.path, 'data', 'onet.sqlite');
    await make(path);

    expect(await refusal(`sqlite:${path}`)).toBe(
      `The database file ${path} cannot be used: it cannot be opened or created. ` +
        'Check that the folder exists and may be written to.',
    );
  });
});

describeOnEveryServer('A start', (database) => {
  test('fails with the statement to execute where the database does not exist', async () => {
    const url = new URL(await database.create());
    url.pathname = '/not_there';

    expect(await refusal(url.href)).toBe(
      `The database not_there on ${url.host} cannot be used: ` +
        'it does not exist. Create it: CREATE DATABASE `not_there` CHARACTER SET utf8mb4;',
    );
  });

  test('fails without showing the password where the server does not let the user in', async () => {
    const url = new URL(await database.create());
    url.username = 'somebody';
    url.password = 'not-for-the-log';

    expect(await refusal(url.href)).toBe(
      `The database ${url.pathname.slice(1)} on ${url.host} cannot be used: ` +
        'the server refuses this user or password. Correct DATABASE_URL, or grant the user access.',
    );
  });
});
