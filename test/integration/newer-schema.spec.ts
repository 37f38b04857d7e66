import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { openDatabase } from '@app/database';
import { dataSourceOptions } from '../../libs/database/src/data-source-options';
import { useApplicationProcesses } from '../support/application-processes';
import { useDataSources } from '../support/data-sources';
import { databaseConfig } from '../support/database-config';
import { describeOnEveryDatabase } from '../support/databases';
import { useIngestionApps } from '../support/ingestion-app';
import { shapeOf } from '../support/migrations/schema-shape';
import { SmallRelease } from '../support/release-folder';
import { drift } from '../support/schema-drift';
import { servedState } from '../support/served-state';
import { useTemporaryFolder } from '../support/temporary-folder';

const FAR_FUTURE = 1999999999998;

/** What a newer version does to a database: every table has more columns and indices, and there is another table. */
async function addToEveryTable(dataSource: DataSource): Promise<void> {
  const columns = ['ADD COLUMN added_text varchar(20) NULL', 'ADD COLUMN added_number int NOT NULL DEFAULT 7'];
  const isSqlite = dataSource.options.type === 'better-sqlite3';
  for (const table of (await shapeOf(dataSource)).keys()) {
    // in one statement where that is possible, since each of them takes its time
    const changes = isSqlite ? columns : [[...columns, 'ADD INDEX (added_text, added_number)'].join(', ')];
    for (const change of changes) await dataSource.query(`ALTER TABLE ${table} ${change}`);
    if (isSqlite) await dataSource.query(`CREATE INDEX ${table}_added ON ${table} (added_text, added_number)`);
  }
  await dataSource.query(
    `CREATE TABLE added (release_id int PRIMARY KEY, FOREIGN KEY (release_id) REFERENCES releases (id) ON DELETE CASCADE)`,
  );
  await dataSource.query('INSERT INTO added (release_id) SELECT id FROM releases');
  await record(dataSource, 'AddedByANewerVersion1999999999999');
}

function record(dataSource: DataSource, migration: string): Promise<unknown> {
  return dataSource.query('INSERT INTO migrations (timestamp, name) VALUES (?, ?)', [migration.slice(-13), migration]);
}

describeOnEveryDatabase('On a database that a newer version has migrated, a process', (database) => {
  const apps = useIngestionApps();
  const dataSources = useDataSources();
  const folder = useTemporaryFolder();

  test('that runs goes on ingesting and serving, and so does one that starts', async () => {
    const url = await database.create();
    const release = (edition: number): Promise<string> =>
      new SmallRelease({ edition, texts: true }).writeFolder(join(folder.path, `30.${edition}`));
    const running = await apps.open(url);
    await running.ingest(await release(1));

    const newer = await dataSources.open(url);
    await addToEveryTable(newer);
    const second = await running.ingest(await release(2));
    const started = await apps.open(url);
    const onStart = await servedState(started);
    const later = [await started.ingest(await release(3)), await running.ingest(await release(4))];

    expect([second, ...later].map(({ activated }) => activated)).toEqual([true, true, true]);
    expect(onStart.snapshot.release.version).toBe('30.2');
    expect(await servedState(started)).toEqual(await servedState(running));
    // the first one is not among the last three any more: what an older version deletes does not hang on what was added
    expect((await running.releases()).map(({ version }) => version)).toEqual(['30.4', '30.3', '30.2']);
    expect(await newer.query('SELECT DISTINCT added_text, added_number FROM occupation_skills')).toEqual([
      { added_text: null, added_number: 7 },
    ]);
  });

  test('does not start where something was taken away that it uses', async () => {
    const url = await database.create();
    const newer = await dataSources.open(url);
    await record(newer, `DropStateOfJobsAfter${FAR_FUTURE}At1999999999999`);

    await expect(openDatabase(databaseConfig(url))).rejects.toThrow(
      / cannot be used: a newer version has taken away what this one uses \(DropStateOfJobsAfter\d+At1999999999999\)\. /,
    );
  });

  test('starts where something was taken away that it does not use any more', async () => {
    const url = await database.create();
    const newer = await dataSources.open(url);
    const newest = newer.migrations.at(-1)!.constructor.name;
    await record(newer, `DropWhatNobodyUsesAfter${newest.slice(-13)}At1999999999999`);

    expect(await drift(await dataSources.open(url))).toEqual([]);
  });
});

describeOnEveryDatabase('A database of an older version', (database) => {
  const dataSources = useDataSources();
  const processes = useApplicationProcesses();

  test('is upgraded by one of three processes that start at the same time, and the others wait for it', async () => {
    const url = await database.create();
    const options = await dataSourceOptions(databaseConfig(url));
    const first = (options.migrations as (new () => never)[]).slice(0, 1);
    const old = await new DataSource({ ...options, migrations: first }).initialize();
    await old.runMigrations({ transaction: 'each' });
    await old.destroy();

    const started = [1, 2, 3].map(() => processes.start('open-database', url));

    expect(await Promise.all(started.map((running) => running.end()))).toEqual(['0', '0', '0']);
    const dataSource = await dataSources.open(url);
    const executed = await dataSource.query<{ name: string }[]>('SELECT name FROM migrations ORDER BY id');
    expect(executed.map(({ name }) => name)).toEqual(dataSource.migrations.map(({ constructor }) => constructor.name));
    expect(await drift(dataSource)).toEqual([]);
  });
});
