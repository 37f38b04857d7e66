import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { OperatorError } from '@app/common';
import { backUp, restore } from '@app/database';
import { dataSourceOptions } from '../../libs/database/src/data-source-options';
import { InitialSchema1795200000000 } from '../../libs/database/src/migrations/common/1795200000000-initial-schema';
import { useDataSources } from '../support/data-sources';
import { databaseConfig } from '../support/database-config';
import { describeOnEveryDatabase } from '../support/databases';
import { useIngestionApps } from '../support/ingestion-app';
import { SmallRelease } from '../support/release-folder';
import { drift } from '../support/schema-drift';
import { servedState } from '../support/served-state';
import { useTemporaryFolder } from '../support/temporary-folder';

const NEVER = new AbortController().signal;

/** The sentence with which something fails. */
async function refusal(work: Promise<unknown>): Promise<string> {
  const failure: unknown = await work.then(
    () => 'it did not fail',
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(OperatorError);
  return (failure as Error).message;
}

function backUpTo(url: string, file: string, signal = NEVER): Promise<unknown> {
  return backUp(databaseConfig(url), file, signal);
}

function restoreFrom(file: string, url: string, replace = false): Promise<unknown> {
  return restore(databaseConfig(url), file, replace, NEVER);
}

describeOnEveryDatabase('A backup', (database) => {
  const apps = useIngestionApps();
  const dataSources = useDataSources();
  const folder = useTemporaryFolder();

  /** A database with a release in service, which nobody has open, and a backup of it. */
  const backedUp = async (): Promise<{ url: string; file: string }> => {
    const url = await database.create();
    const app = await apps.open(url);
    await app.ingest(await new SmallRelease({ texts: true }).writeFolder(join(folder.path, '30.1')));
    await app.close();
    const file = join(folder.path, 'backup.gz');
    await backUpTo(url, file);
    return { url, file };
  };

  test('taken in the middle of an ingestion holds what was served then, whole', async () => {
    const url = await database.create();
    const app = await apps.open(url);
    await app.ingest(await new SmallRelease({ texts: true }).writeFolder(join(folder.path, '30.1')));
    const before = await servedState(app);
    const next = await new SmallRelease({ rated: 300, edition: 1 }).writeFolder(join(folder.path, '30.2'));
    const file = join(folder.path, 'backup.gz');
    let backup: Promise<unknown> | undefined;

    const begin = (): void => {
      backup ??= backUpTo(url, file);
    };
    await app.ingest(next, {}, { onProgress: begin });
    await backup;
    const restored = await database.create();
    await restoreFrom(file, restored);

    const other = await apps.open(restored);
    expect(await servedState(other)).toEqual(before);
    expect(await drift(other.dataSource)).toEqual([]);
    const begun = await other.releases();
    await other.ingest(await new SmallRelease({ edition: 2 }).writeFolder(join(folder.path, '30.3')));
    expect(begun).toMatchObject([
      { version: '30.2', status: 'loading' },
      { version: '30.1', status: 'ready', active: true },
    ]);
    expect(await other.releases()).toContainEqual({ id: 3, version: '30.3', status: 'ready', active: true });
  });

  test('of an older version is migrated by the start after the restore', async () => {
    const url = await database.create();
    const options = await dataSourceOptions(databaseConfig(url));
    const old = await new DataSource({ ...options, migrations: [InitialSchema1795200000000] }).initialize();
    await old.runMigrations({ transaction: 'each' });
    await old.query('UPDATE active_release SET revision = 12');
    await old.destroy();
    const file = join(folder.path, 'backup.gz');
    const restored = await database.create();

    await backUpTo(url, file);
    await restoreFrom(file, restored);

    const dataSource = await dataSources.open(restored);
    expect(await drift(dataSource)).toEqual([]);
    expect(await dataSource.query('SELECT revision FROM active_release')).toEqual([{ revision: 12 }]);
  });

  test('replaces what a database holds only where that is said, and then all of it', async () => {
    const { url, file } = await backedUp();
    const app = await apps.open(url);
    const before = await servedState(app);
    await app.ingest(await new SmallRelease({ edition: 1 }).writeFolder(join(folder.path, '30.2')));
    await app.unitOfWork.execute('CREATE TABLE of_a_newer_version (id int PRIMARY KEY)');
    await app.close();

    const refused = await refusal(restoreFrom(file, url));
    const untouched = await apps.open(url);
    const releases = await untouched.releases();
    await untouched.close();
    await restoreFrom(file, url, true);

    expect(refused).toMatch(/already\..* add --replace/);
    expect(releases).toHaveLength(2);
    const restored = await apps.open(url);
    expect(await servedState(restored)).toEqual(before);
    expect(await restored.releases()).toHaveLength(1);
    expect(await restored.dataSource.createQueryRunner().hasTable('of_a_newer_version')).toBe(false);
  });

  test('is not restored to a database that a process uses', async () => {
    const { url, file } = await backedUp();
    const app = await apps.open(url);

    const refused = await refusal(restoreFrom(file, url, true));

    expect(refused).toMatch(/ is in use[.:].* [Ss]top .* and restore then\.$/);
    expect(await app.releases()).toMatchObject([{ version: '30.1', active: true }]);
  });

  test('that is interrupted leaves nothing', async () => {
    const { url } = await backedUp();
    const target = await mkdir(join(folder.path, 'backups'), { recursive: true });
    const interrupted = new AbortController();
    interrupted.abort(new OperatorError('Interrupted.'));

    const refused = await refusal(backUpTo(url, join(String(target), 'backup.gz'), interrupted.signal));

    expect([refused, await readdir(String(target))]).toEqual(['Interrupted.', []]);
  });

  test('does not overwrite a file, and needs a folder that is there', async () => {
    const { url, file } = await backedUp();

    expect(await refusal(backUpTo(url, file))).toBe(`${file} is there already. Name another file, or move it away.`);
    expect(await refusal(backUpTo(url, join(folder.path, 'missing', 'backup.gz')))).toMatch(/ cannot be written: /);
  });

  test('is not made of a database that is not of this application', async () => {
    const url = await database.create();
    const options = await dataSourceOptions(databaseConfig(url));
    const other = await new DataSource({ ...options, migrations: [], entities: [] }).initialize();
    await other.query('CREATE TABLE somebody_elses (id int PRIMARY KEY)');
    await other.destroy();

    expect(await refusal(backUpTo(url, join(folder.path, 'backup.gz')))).toMatch(/ this application\b/);
    expect(await readdir(folder.path)).toEqual([]);
  });
});
