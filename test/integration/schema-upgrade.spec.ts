import { join } from 'node:path';
import { DataSource, type QueryRunner, type ReplicationMode } from 'typeorm';
import { openDatabase } from '@app/database';
import { dataSourceOptions } from '../../libs/database/src/data-source-options';
import { InitialSchema1795200000000 } from '../../libs/database/src/migrations/common/1795200000000-initial-schema';
import { useDataSources } from '../support/data-sources';
import { databaseConfig } from '../support/database-config';
import { describeOnEveryDatabase } from '../support/databases';
import { useIngestionApps } from '../support/ingestion-app';
import { SmallRelease } from '../support/release-folder';
import { drift } from '../support/schema-drift';
import { useTemporaryFolder } from '../support/temporary-folder';

const AT = '2026-03-01 10:00:00';
const LATER = '2026-03-01 10:05:00';

/** A database as the first version left it: a release in service, one that failed, and one that was being loaded. */
const FILLED = [
  `INSERT INTO releases (id, version, label, source, checksum, status, occupations, created_at) VALUES
     (1, '30.1', 'one', 'text', 'abc', 'ready', 1, '${AT}'),
     (2, '30.2', 'two', 'text', NULL, 'failed', 0, '${AT}'),
     (3, '30.3', 'three', 'text', NULL, 'loading', 0, '${AT}')`,
  'UPDATE active_release SET release_id = 1, revision = 4',
  `INSERT INTO ingestions (id, kind, source, origin, release_id, state, counts, error, created_at, finished_at) VALUES
     ('done', 'release', 'text', '30.1', 1, 'completed', '{"Skills.txt":{"landed":1}}', NULL, '${AT}', '${LATER}'),
     ('kept-back', 'release', 'text', '30.1', NULL, 'completed', '{}', 'Not activated: 2 incomplete.', '${AT}', '${LATER}'),
     ('bad', 'release', 'text', '30.2', 2, 'failed', '{}', 'Skills.txt has no usable row.', '${AT}', '${LATER}'),
     ('dead', 'release', 'text', '30.3', 3, 'active', '{}', NULL, '${AT}', NULL)`,
  `INSERT INTO landing_occupations (ingestion_id, source_file, line_no, onetsoc_code, title, description) VALUES
     ('done', 'Occupation Data.txt', 2, '11-1011.00', 'Chiefs 🍰', NULL), ('bad', 'Occupation Data.txt', 2, NULL, NULL, NULL)`,
  `INSERT INTO landing_scales (ingestion_id, source_file, line_no, scale_id, scale_name, minimum, maximum) VALUES
     ('done', 'Scales Reference.txt', 2, 'LV', 'Level', '0', '7')`,
  `INSERT INTO landing_skills (ingestion_id, source_file, line_no, element_id, data_value, domain_source) VALUES
     ('done', 'Skills.txt', 2, '2.A.1.a', '4.12', 'Analyst'), ('done', 'Skills.txt', 3, '2.A.1.b', 'n/a', '')`,
  `INSERT INTO rejected_rows (ingestion_id, source_file, line_no, raw, reason_code, reason) VALUES
     ('done', 'Skills.txt', 3, '2.A.1.b', 'BAD_NUMBER', 'n/a is no number'), ('bad', 'Skills.txt', 1, '', 'BAD_CODE', '')`,
  `INSERT INTO occupations (release_id, onetsoc_code, title, description) VALUES (1, '11-1011.00', 'Chiefs', 'Lead.')`,
  `INSERT INTO skills (release_id, element_id, element_name) VALUES (1, '2.A.1.a', 'Reading')`,
  `INSERT INTO scales (release_id, scale_id, scale_name, minimum, maximum) VALUES (1, 'LV', 'Level', 0, 7)`,
  `INSERT INTO occupation_skills (release_id, onetsoc_code, element_id, scale_id, data_value, ingestion_id) VALUES
     (1, '11-1011.00', '2.A.1.a', 'LV', 4.12, 'done')`,
];

const KEYS: Readonly<Record<string, string>> = {
  releases: 'id',
  active_release: 'id',
  ingestions: 'id',
  landing_occupations: 'ingestion_id, source_file, line_no',
  landing_scales: 'ingestion_id, source_file, line_no',
  landing_skills: 'ingestion_id, source_file, line_no',
  rejected_rows: 'ingestion_id, source_file, line_no',
  occupations: 'release_id',
  skills: 'release_id',
  scales: 'release_id',
  occupation_skills: 'release_id',
};

type Row = Record<string, unknown>;

/** Every row of every table that the first version had, by table. */
async function contentOf(dataSource: DataSource): Promise<Record<string, Row[]>> {
  const content: Record<string, Row[]> = {};
  for (const [table, key] of Object.entries(KEYS)) {
    content[table] = await dataSource.query<Row[]>(`SELECT * FROM ${table} ORDER BY ${key}`);
  }
  return content;
}

/** What has to be there after the upgrade of what was there before. */
function upgraded(before: Record<string, Row[]>): Record<string, Row[]> {
  const byAttempt = ['landing_occupations', 'landing_scales', 'landing_skills', 'rejected_rows'];
  return Object.fromEntries(
    Object.entries(before).map(([table, rows]) => [
      table,
      rows.map(({ state: _state, finished_at: _finishedAt, ...row }) => {
        if (table === 'releases') return { ...row, job_id: null, attempt: null };
        if (table === 'ingestions') return { ...row, attempt: 1, quality: null };
        if (byAttempt.includes(table)) return { ...row, attempt: 1 };
        return row;
      }),
    ]),
  );
}

const isChange = (sql: string): boolean => /^\s*(CREATE|ALTER|DROP|INSERT|UPDATE|DELETE)\b/i.test(sql);

describeOnEveryDatabase('A database of the first version', (database) => {
  const dataSources = useDataSources();
  const apps = useIngestionApps();
  const folder = useTemporaryFolder();

  const firstVersion = async (): Promise<{ url: string; before: Record<string, Row[]> }> => {
    const url = await database.create();
    const options = await dataSourceOptions(databaseConfig(url));
    const dataSource = new DataSource({ ...options, migrations: [InitialSchema1795200000000] });
    await dataSource.initialize();
    try {
      await dataSource.runMigrations({ transaction: 'each' });
      for (const statement of FILLED) await dataSource.query(statement);
      return { url, before: await contentOf(dataSource) };
    } finally {
      await dataSource.destroy();
    }
  };

  /**
   * Upgrades, and dies before the change of that number.
   *
   * @returns whether there was one
   */
  const upgradeAndDie = async (url: string, change: number): Promise<boolean> => {
    const dataSource = new DataSource(await dataSourceOptions(databaseConfig(url)));
    await dataSource.initialize();
    let changes = 0;
    const createQueryRunner = dataSource.createQueryRunner.bind(dataSource);
    jest.spyOn(dataSource, 'createQueryRunner').mockImplementation((mode?: ReplicationMode): QueryRunner => {
      const runner = createQueryRunner(mode);
      const query = runner.query.bind(runner) as (...args: unknown[]) => Promise<unknown>;
      const dying = (...args: unknown[]): Promise<unknown> =>
        isChange(String(args[0])) && ++changes >= change ? Promise.reject(new Error('killed')) : query(...args);
      return Object.assign(runner, { query: dying });
    });
    // TypeORM tells of it there, whatever it is told about logging
    jest.spyOn(console, 'log').mockImplementation();
    try {
      await dataSource.runMigrations({ transaction: 'each' });
      return false;
    } catch (error) {
      if (!(error instanceof Error && error.message === 'killed')) throw error;
      return true;
    } finally {
      await dataSource.destroy();
    }
  };

  test('keeps every row, and has the schema of today', async () => {
    const { url, before } = await firstVersion();

    const dataSource = await dataSources.open(url);

    expect(await contentOf(dataSource)).toEqual(upgraded(before));
    expect(await drift(dataSource)).toEqual([]);
  });

  test('has a job for each ingestion, in the state that the ingestion was in', async () => {
    const { url } = await firstVersion();

    const dataSource = await dataSources.open(url);

    const common = {
      type: 'import-release',
      queue: 'ingestion',
      place: 'inline',
      attempt: 1,
      active_key: null,
      owner: null,
      requested_by: 'earlier version',
    };
    const failed = { ...common, state: 'failed', error_code: 'INTERNAL' };
    const jobs = await dataSource.query<Row[]>('SELECT * FROM jobs ORDER BY id');
    expect(jobs).toMatchObject([
      { id: 'bad', ...failed, error_detail: 'Skills.txt has no usable row.' },
      { id: 'dead', ...failed, error_detail: 'The process ended before it was done.' },
      { id: 'done', ...common, state: 'completed', error_code: null, error_detail: null },
      { id: 'kept-back', ...common, state: 'completed', error_code: null, error_detail: null },
    ]);
    const utc = (value: unknown): string => new Date(value instanceof Date ? value : `${String(value)}Z`).toISOString();
    const [, dead, done] = jobs;
    expect([utc(done?.['created_at']), utc(done?.['finished_at'])]).toEqual([
      '2026-03-01T10:00:00.000Z',
      '2026-03-01T10:05:00.000Z',
    ]);
    expect(utc(dead?.['finished_at'])).toBe('2026-03-01T10:00:00.000Z');
  });

  test('takes the next ingestion, which clears away what was being loaded', async () => {
    const { url } = await firstVersion();
    const app = await apps.open(url);

    const report = await app.ingest(await new SmallRelease().writeFolder(join(folder.path, '30.4')));

    expect(report.activated).toBe(true);
    expect(await app.releases()).toMatchObject([
      { version: '30.4', status: 'ready', active: true },
      { version: '30.1', status: 'retired', active: false },
    ]);
  });

  test('is what it was once the upgrade is undone', async () => {
    const { url, before } = await firstVersion();
    const dataSource = await dataSources.open(url);

    // TypeORM sees to this by itself where it runs migrations, but not where it undoes them
    if (database.engine === 'sqlite') await dataSource.query('PRAGMA foreign_keys = OFF');
    for (let left = dataSource.migrations.length; left > 1; left--) await dataSource.undoLastMigration();

    const { ingestions = [], ...others } = await contentOf(dataSource);
    const { ingestions: old = [], ...oldOthers } = before;
    expect(others).toEqual(oldOthers);
    expect(ingestions.map(({ id, state }) => [id, state])).toEqual(
      // nobody is at work on it any more
      old.map(({ id, state }) => [id, state === 'active' ? 'failed' : state]),
    );
  });

  test('is upgraded by the next start wherever the upgrade was interrupted', async () => {
    for (let change = 1; ; change++) {
      const { url, before } = await firstVersion();
      if (!(await upgradeAndDie(url, change))) {
        expect(change).toBeGreaterThan(10);
        return;
      }

      const dataSource = await openDatabase(databaseConfig(url));

      try {
        const jobs = await dataSource.query<Row[]>('SELECT id, state FROM jobs ORDER BY id');
        expect([change, await contentOf(dataSource)]).toEqual([change, upgraded(before)]);
        expect([change, await drift(dataSource)]).toEqual([change, []]);
        expect([change, jobs.map(({ state }) => state)]).toEqual([
          change,
          ['failed', 'failed', 'completed', 'completed'],
        ]);
      } finally {
        await dataSource.destroy();
      }
    }
  }, 300_000);
});
