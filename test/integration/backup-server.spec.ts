import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { OperatorError } from '@app/common';
import { backUp, openDatabase, restore } from '@app/database';
import { useDataSources } from '../support/data-sources';
import { databaseConfig } from '../support/database-config';
import { describeOnEveryServer } from '../support/databases';
import { useTemporaryFolder } from '../support/temporary-folder';

const NEVER = new AbortController().signal;

async function refusal(work: Promise<unknown>): Promise<string> {
  const failure: unknown = await work.then(
    () => 'it did not fail',
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(OperatorError);
  return (failure as Error).message;
}

describeOnEveryServer('A backup of a server', (database) => {
  const dataSources = useDataSources();
  const folder = useTemporaryFolder();

  const migrated = async (): Promise<string> => {
    const url = await database.create();
    await (await openDatabase(databaseConfig(url))).destroy();
    return url;
  };

  test('fails without showing the password where the server does not let the user in', async () => {
    const url = new URL(await migrated());
    url.username = 'somebody';
    url.password = 'not-for-the-log';
    const file = join(folder.path, 'backup.gz');

    expect(await refusal(backUp(databaseConfig(url.href), file, NEVER))).toBe(
      `The database ${url.pathname.slice(1)} on ${url.host} cannot be used: ` +
        'the server refuses this user or password. Correct DATABASE_URL, or grant the user access.',
    );
    expect(await readdir(folder.path)).toEqual([]);
  });

  test('that breaks off while it is restored keeps processes from starting, until it is restored again', async () => {
    const url = await migrated();
    const [whole, broken] = [join(folder.path, 'whole.gz'), join(folder.path, 'broken.gz')];
    await backUp(databaseConfig(url), whole, NEVER);
    const dump = gunzipSync(await readFile(whole)).toString();
    const middle = dump.indexOf('CREATE TABLE `jobs`');
    await writeFile(broken, gzipSync(`${dump.slice(0, middle)}CREATE NONSENSE;\n${dump.slice(middle)}`));
    const target = await database.create();

    const failure = await refusal(restore(databaseConfig(target), broken, false, NEVER));
    const start = await refusal(openDatabase(databaseConfig(target)));
    const backup = await refusal(backUp(databaseConfig(target), join(folder.path, 'incomplete.gz'), NEVER));
    const without = await refusal(restore(databaseConfig(target), whole, false, NEVER));
    await restore(databaseConfig(target), whole, true, NEVER);

    expect(failure).toMatch(/^The restore broke off: .*syntax.* restore again, with --replace\.$/s);
    expect(start).toMatch(/ cannot be used: a restore of it broke off\. Restore it again: /);
    expect(backup).toMatch(/ is incomplete, since a restore of it broke off\. Restore it again, with --replace, /);
    expect(without).toMatch(/ add --replace /);
    const dataSource = await dataSources.open(target);
    expect(await dataSource.query('SELECT revision FROM active_release')).toEqual([{ revision: 0 }]);
  });
});
