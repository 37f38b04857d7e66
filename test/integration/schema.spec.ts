import type { DataSource } from 'typeorm';
import { openDatabase, UnitOfWork, type SqlValue } from '@app/database';
import { useApplicationProcesses } from '../support/application-processes';
import { useDataSources } from '../support/data-sources';
import { databaseConfig } from '../support/database-config';
import { describeOnEveryDatabase, describeOnEveryServer } from '../support/databases';
import { drift } from '../support/schema-drift';

/** In the order in which the migrations make them. */
const TABLES = [
  'jobs',
  'releases',
  'active_release',
  'ingestions',
  'landing_occupations',
  'landing_scales',
  'landing_skills',
  'rejected_rows',
  'occupations',
  'skills',
  'scales',
  'occupation_skills',
  'usage_counters',
  'upstream_pace',
  'upstream_misses',
  'landing_elements',
  'landing_level_anchors',
  'skill_descriptions',
  'level_anchors',
  'llm_requests',
  'llm_replies',
  'llm_skill_assessments',
  'llm_gap_descriptions',
];

async function tablesOf(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    const found = await Promise.all(TABLES.map((table) => runner.hasTable(table)));
    return TABLES.filter((_, index) => found[index]);
  } finally {
    await runner.release();
  }
}

async function countRows(dataSource: DataSource, table: string): Promise<number> {
  const [row] = await dataSource.query<{ found: number | string }[]>(`SELECT COUNT(*) AS found FROM ${table}`);
  return Number(row?.found);
}

/** Tables whose rows go with their release. */
const OF_A_RELEASE = ['occupations', 'skills', 'scales', 'occupation_skills', 'skill_descriptions', 'level_anchors'];

const NONE_ACTIVE = [{ id: 1, release_id: null, revision: 0 }];

function activeRelease(dataSource: DataSource): Promise<unknown> {
  return dataSource.query('SELECT * FROM active_release');
}

describeOnEveryDatabase('The schema', (database) => {
  const dataSources = useDataSources();
  const processes = useApplicationProcesses();

  test('is after the migrations what the entities describe', async () => {
    const dataSource = await dataSources.open(await database.create());

    expect(await drift(dataSource)).toEqual([]);
    expect(await tablesOf(dataSource)).toEqual(TABLES);
  });

  test('is gone when the migrations are undone, and the same again when they are redone', async () => {
    const dataSource = await dataSources.open(await database.create());

    for (let left = dataSource.migrations.length; left > 0; left--) await dataSource.undoLastMigration();
    const undone = await tablesOf(dataSource);
    await dataSource.runMigrations({ transaction: 'each' });

    expect(undone).toEqual([]);
    expect(await drift(dataSource)).toEqual([]);
    expect(await activeRelease(dataSource)).toEqual(NONE_ACTIVE);
  });

  test('is migrated once when four data sources open the empty database at the same time', async () => {
    const url = await database.create();

    const opened = await Promise.all([1, 2, 3, 4].map(() => dataSources.open(url)));

    for (const dataSource of opened) {
      expect(await countRows(dataSource, 'migrations')).toBe(dataSource.migrations.length);
      expect(await drift(dataSource)).toEqual([]);
      expect(await activeRelease(dataSource)).toEqual(NONE_ACTIVE);
    }
  });

  test('is migrated once when three processes open the empty database at the same time', async () => {
    const url = await database.create();

    const started = [1, 2, 3].map(() => processes.start('open-database', url));

    expect(await Promise.all(started.map((running) => running.end()))).toEqual(['0', '0', '0']);
    const dataSource = await dataSources.open(url);
    expect(await countRows(dataSource, 'migrations')).toBe(dataSource.migrations.length);
    expect(await drift(dataSource)).toEqual([]);
  });

  test('is left alone by the next start, with what it holds', async () => {
    const url = await database.create();
    const before = await dataSources.open(url);
    await before.query('UPDATE active_release SET revision = 7');

    const after = await dataSources.open(url);

    expect(await activeRelease(after)).toEqual([{ ...NONE_ACTIVE[0], revision: 7 }]);
  });
});

describeOnEveryServer('A migration that was interrupted', (database) => {
  const dataSources = useDataSources();

  test.each([
    ['before its first table', 0],
    ['half way', 6],
    ['after its last table, but before it was recorded', TABLES.length],
  ])('%s is completed by the next start', async (_, made) => {
    const url = await database.create();
    const interrupted = await dataSources.open(url);
    for (const table of TABLES.slice(made).toReversed()) await interrupted.query(`DROP TABLE ${table}`);
    await interrupted.query('DELETE FROM migrations');

    const dataSource = await dataSources.open(url);

    expect(await drift(dataSource)).toEqual([]);
    expect(await activeRelease(dataSource)).toEqual(NONE_ACTIVE);
    expect(await countRows(dataSource, 'migrations')).toBe(dataSource.migrations.length);
  });
});

const LANDED_NOWHERE = { ingestion_id: 'i2', source_file: 'f', line_no: 2 };
const REFUSED_REFERENCE = /foreign key constraint/i;
const REFUSED_DUPLICATE = /unique constraint failed|duplicate entry/i;

describeOnEveryDatabase('The tables', (database) => {
  let dataSource: DataSource;

  beforeAll(async () => {
    dataSource = await openDatabase(databaseConfig(await database.create()));
  });

  afterAll(() => dataSource.destroy());

  beforeEach(async () => {
    await dataSource.query('UPDATE active_release SET release_id = NULL');
    for (const table of TABLES.toReversed()) {
      if (table !== 'active_release') await dataSource.query(`DELETE FROM ${table}`);
    }
    await dataSource.query(
      `INSERT INTO releases (id, version, label, source, status) VALUES (1, '30.1', 'one', 'text', 'ready')`,
    );
    await dataSource.query(
      `INSERT INTO jobs (id, type, queue, place, payload, state, attempt, failures, handover, cancel_requested,
                         requested_by, created_at)
       VALUES ('i1', 'import-release', 'ingestion', 'queue', '{}', 'completed', 1, 0, 0, 0, 'x', '2026-01-01')`,
    );
    await dataSource.query(
      `INSERT INTO ingestions (id, kind, source, origin, release_id, counts)
       VALUES ('i1', 'release', 'text', 'here', 1, '{}')`,
    );
    await insert('occupations', { release_id: 1, onetsoc_code: '11-1011.00', title: 'Chiefs', description: 'Lead.' });
    await insert('skills', { release_id: 1, element_id: '2.A.1.a', element_name: 'Reading' });
    await insert('scales', { release_id: 1, scale_id: 'LV', scale_name: 'Level', minimum: 0, maximum: 7 });
    await insert('occupation_skills', RATING);
    await insert('skill_descriptions', DESCRIPTION);
    await insert('level_anchors', ANCHOR);
  });

  const RATING = {
    release_id: 1,
    onetsoc_code: '11-1011.00',
    element_id: '2.A.1.a',
    scale_id: 'LV',
    data_value: '4.12',
    ingestion_id: 'i1',
  };
  const DESCRIPTION = { release_id: 1, element_id: '2.A.1.a', description: 'Reads.' };
  const ANCHOR = {
    release_id: 1,
    element_id: '2.A.1.a',
    scale_id: 'LV',
    anchor_value: '2',
    anchor_description: 'Read signs.',
  };

  const insert = async (table: string, row: Record<string, SqlValue>): Promise<void> => {
    const unitOfWork = new UnitOfWork(dataSource);
    await unitOfWork.run((manager) => unitOfWork.insertRows(manager, table, Object.keys(row), [Object.values(row)]));
  };

  test.each<[string, string, Record<string, SqlValue>]>([
    ['a rating of an unknown occupation', 'occupation_skills', { ...RATING, onetsoc_code: '11-1011.03' }],
    ['a rating of an unknown skill', 'occupation_skills', { ...RATING, element_id: '2.A.1.b' }],
    ['a rating on an unknown scale', 'occupation_skills', { ...RATING, scale_id: 'IM' }],
    ['a rating of an unknown release', 'occupation_skills', { ...RATING, release_id: 2 }],
    ['an occupation of an unknown release', 'occupations', occupation(2, '11-1011.00')],
    ['a skill of an unknown release', 'skills', { release_id: 2, element_id: '2.A.1.a', element_name: 'Reading' }],
    ['a description of an unknown skill', 'skill_descriptions', { ...DESCRIPTION, element_id: '2.A.1.b' }],
    ['an anchor of an unknown skill', 'level_anchors', { ...ANCHOR, element_id: '2.A.1.b' }],
    ['an anchor on an unknown scale', 'level_anchors', { ...ANCHOR, scale_id: 'IM' }],
    ['an ingestion of an unknown job', 'ingestions', { id: 'i2', kind: 'x', source: 'x', origin: 'x', counts: '{}' }],
    ['a landed row of an unknown ingestion', 'landing_skills', LANDED_NOWHERE],
    ['a landed element of an unknown ingestion', 'landing_elements', LANDED_NOWHERE],
    ['a landed anchor of an unknown ingestion', 'landing_level_anchors', LANDED_NOWHERE],
    [
      'a rejected row of an unknown ingestion',
      'rejected_rows',
      { ingestion_id: 'i2', source_file: 'f', line_no: 2, raw: '', reason_code: 'BAD_CODE', reason: '' },
    ],
  ])('refuse %s', async (_, table, row) => {
    const before = await countRows(dataSource, table);
    // the key must be a new one, so that nothing but the reference can be at fault
    if (table === 'occupation_skills') await dataSource.query('DELETE FROM occupation_skills');

    await expect(insert(table, row)).rejects.toThrow(REFUSED_REFERENCE);

    expect(await countRows(dataSource, table)).toBe(table === 'occupation_skills' ? 0 : before);
  });

  test.each<[string, string, Record<string, SqlValue>]>([
    ['a second rating with the same key', 'occupation_skills', { ...RATING, data_value: '1' }],
    ['a second occupation with the same code', 'occupations', occupation(1, '11-1011.00')],
    ['a second description of a skill', 'skill_descriptions', { ...DESCRIPTION, description: 'Reads on.' }],
    ['a second anchor at the same level', 'level_anchors', { ...ANCHOR, anchor_value: '2.00' }],
    ['a second skill with the same id', 'skills', { release_id: 1, element_id: '2.A.1.a', element_name: 'Writing' }],
  ])('refuse %s', async (_, table, row) => {
    await expect(insert(table, row)).rejects.toThrow(REFUSED_DUPLICATE);

    expect(await countRows(dataSource, table)).toBe(1);
  });

  test('refuse an unknown release as the active one, and to lose the one that is active', async () => {
    await expect(dataSource.query('UPDATE active_release SET release_id = 2')).rejects.toThrow(REFUSED_REFERENCE);
    await dataSource.query('UPDATE active_release SET release_id = 1');

    await expect(dataSource.query('DELETE FROM releases WHERE id = 1')).rejects.toThrow(REFUSED_REFERENCE);
    expect(await countRows(dataSource, 'occupation_skills')).toBe(1);
  });

  test('let go of the rows of a release with it, and keep the record of its ingestion', async () => {
    await dataSource.query('DELETE FROM releases WHERE id = 1');

    for (const table of OF_A_RELEASE) {
      expect(await countRows(dataSource, table)).toBe(0);
    }
    expect(await dataSource.query('SELECT id, release_id FROM ingestions')).toEqual([{ id: 'i1', release_id: null }]);
  });

  test('tell apart codes that differ in letter case only', async () => {
    await insert('skills', { release_id: 1, element_id: '2.A.1.A', element_name: 'Writing' });

    const found: unknown = await dataSource.query('SELECT element_name FROM skills WHERE element_id = ?', ['2.A.1.A']);

    expect(found).toEqual([{ element_name: 'Writing' }]);
  });

  test('order codes by their bytes', async () => {
    for (const id of ['2.B.1.a', '2.A.1.b', '2.A.1.B', '2.A.10.a', '2.A.1']) {
      await insert('skills', { release_id: 1, element_id: id, element_name: id });
    }

    const rows = await dataSource.query<{ element_id: string }[]>('SELECT element_id FROM skills ORDER BY element_id');

    expect(rows.map((row) => row.element_id)).toEqual([
      '2.A.1',
      '2.A.1.B',
      '2.A.1.a',
      '2.A.1.b',
      '2.A.10.a',
      '2.B.1.a',
    ]);
  });

  test('keep text as it is: quotes, accents, characters beyond the basic plane, and case', async () => {
    const title = `O'Neil "Café" \\ Ñandú 🍰 漢字`;
    await insert('occupations', { ...occupation(1, '11-1011.03'), title });

    const found: unknown = await dataSource.query('SELECT title FROM occupations WHERE onetsoc_code = ?', [
      '11-1011.03',
    ]);

    expect(found).toEqual([{ title }]);
  });
});

function occupation(release: number, code: string): Record<string, SqlValue> {
  return { release_id: release, onetsoc_code: code, title: 'Chiefs', description: 'Lead.' };
}
