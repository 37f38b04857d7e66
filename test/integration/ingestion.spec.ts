import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ratedSkillsOf } from '@app/occupations';
import { describeOnEveryDatabase } from '../support/databases';
import { useIngestionApps, type IngestionApp } from '../support/ingestion-app';
import {
  codeOf,
  ESSENTIAL_FILE,
  OCCUPATION_FILE,
  SCALE_FILE,
  SKILL_FILE,
  SKILLS,
  SmallRelease,
  TRANSFERABLE_FILE,
} from '../support/release-folder';
import { soc } from '../support/snapshots';
import { useTemporaryFolder } from '../support/temporary-folder';
import type { Cells } from '../support/text-table';

const LANDING_TABLES: Readonly<Record<string, string>> = {
  [OCCUPATION_FILE]: 'landing_occupations',
  [SCALE_FILE]: 'landing_scales',
  [SKILL_FILE]: 'landing_skills',
  [ESSENTIAL_FILE]: 'landing_skills',
  [TRANSFERABLE_FILE]: 'landing_skills',
};

/** The columns that are not simply called like the header, in small letters. */
const RENAMED: Readonly<Record<string, string>> = { 'O*NET-SOC Code': 'onetsoc_code', Date: 'date_updated' };

function landed(row: Cells): Cells {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [RENAMED[column] ?? column.toLowerCase().replaceAll(' ', '_'), value]),
  );
}

/** What `occupation_skills` should hold of a row of the file. */
function normalised(row: Cells): Record<string, unknown> {
  const number = (column: string): number | null => (row[column] === 'n/a' ? null : Number(row[column]));
  const flag = (column: string): string | null => (row[column] === 'n/a' ? null : (row[column] ?? ''));
  return {
    onetsoc_code: row['O*NET-SOC Code'],
    element_id: row['Element ID'],
    scale_id: row['Scale ID'],
    data_value: number('Data Value'),
    n: number('N'),
    standard_error: number('Standard Error'),
    lower_ci_bound: number('Lower CI Bound'),
    upper_ci_bound: number('Upper CI Bound'),
    recommend_suppress: flag('Recommend Suppress'),
    not_relevant: flag('Not Relevant'),
    date_updated: '2023-08-01',
    domain_source: row['Domain Source'],
  };
}

const DECIMALS = ['data_value', 'standard_error', 'lower_ci_bound', 'upper_ci_bound'];

/** Rows of `occupation_skills` with decimals as numbers: MySQL's driver returns them as strings. */
async function storedRatings(app: IngestionApp): Promise<Record<string, unknown>[]> {
  const rows = await app.query<Record<string, unknown>>(
    `SELECT onetsoc_code, element_id, scale_id, data_value, n, standard_error, lower_ci_bound, upper_ci_bound,
            recommend_suppress, not_relevant, date_updated, domain_source
       FROM occupation_skills ORDER BY onetsoc_code, element_id, scale_id`,
  );
  return rows.map((row) => {
    const numbers = DECIMALS.map((column) => [column, row[column] === null ? null : Number(row[column])]);
    return { ...row, ...(Object.fromEntries(numbers) as Record<string, number | null>) };
  });
}

describeOnEveryDatabase('A good release', (database) => {
  const folder = useTemporaryFolder();
  const apps = useIngestionApps();
  let app: IngestionApp;

  beforeEach(async () => {
    app = await apps.open(await database.create());
  });

  describe.each(['one skill file', 'two skill files'] as const)('with %s', (layout) => {
    const release = new SmallRelease({ layout });

    test.each(['a folder', 'an archive'])('is loaded from %s and reported file by file', async (kind) => {
      const path = join(folder.path, 'db_30_1_text');
      const report = await app.ingest(
        await (kind === 'a folder' ? release.writeFolder(path) : release.writeZip(`${path}.zip`)),
      );

      const tables = Object.fromEntries(
        release.fileNames.map((file) => {
          const rows = release.table(file).rowCount;
          return [file, { landed: rows, normalised: rows, rejected: 0 }];
        }),
      );
      expect(report).toMatchObject({
        version: '30.1',
        occupations: 12,
        rated: 10,
        incomplete: [],
        tables,
        rejections: [],
        activated: true,
        concerns: [],
      });
      expect(await app.releases()).toEqual([{ id: report.releaseId, version: '30.1', status: 'ready', active: true }]);
    });

    test('lands every line as its file has it', async () => {
      const { ingestionId } = await app.ingest(await release.writeFolder(join(folder.path, '30.1')));

      for (const file of release.fileNames) {
        const rows = await app.query<Record<string, unknown>>(
          `SELECT * FROM ${LANDING_TABLES[file] ?? ''} WHERE source_file = ? ORDER BY line_no`,
          [file],
        );
        const lines = release.table(file).rows();
        expect(rows).toEqual(
          lines.map((line, index) => ({
            ingestion_id: ingestionId,
            attempt: 1,
            source_file: file,
            line_no: index + 2,
            ...landed(line),
          })),
        );
      }
    });

    test('is normalised to exactly the values of its files', async () => {
      await app.ingest(await release.writeFolder(join(folder.path, '30.1')));

      const skillFiles = release.fileNames.filter((file) => LANDING_TABLES[file] === 'landing_skills');
      const lines = skillFiles.flatMap((file) => release.table(file).rows().map(normalised));
      const stored = await storedRatings(app);
      expect(stored).toHaveLength(10 * Object.keys(SKILLS).length * 2);
      expect(stored).toEqual(lines.sort((a, b) => (key(a) < key(b) ? -1 : 1)));
      expect(await app.query('SELECT onetsoc_code, title, description FROM occupations ORDER BY onetsoc_code')).toEqual(
        release.table(OCCUPATION_FILE).rows().map(landed),
      );
      expect(await app.query('SELECT element_id, element_name FROM skills ORDER BY element_id')).toEqual(
        Object.entries(SKILLS).map(([element_id, element_name]) => ({ element_id, element_name })),
      );
      expect(await app.query('SELECT scale_id, scale_name, minimum, maximum FROM scales ORDER BY scale_id')).toEqual([
        { scale_id: 'CT', scale_name: 'Context', minimum: 1, maximum: 3 },
        { scale_id: 'IM', scale_name: 'Importance', minimum: 1, maximum: 5 },
        { scale_id: 'LV', scale_name: 'Level', minimum: 0, maximum: 7 },
        { scale_id: 'VH', scale_name: 'Extent', minimum: -3, maximum: 3 },
      ]);
    });
  });

  test('is served with the values of its file', async () => {
    const release = new SmallRelease();
    await app.ingest(await release.writeFolder(join(folder.path, '30.1')));

    const { skills } = ratedSkillsOf(await app.served(), soc(codeOf(3)));

    const rows = release
      .table(SKILL_FILE)
      .rows()
      .filter((row) => row['O*NET-SOC Code'] === codeOf(3));
    const rating = (elementId: string, scaleId: string): Record<string, unknown> => {
      const row = rows.find((candidate) => candidate['Element ID'] === elementId && candidate['Scale ID'] === scaleId);
      return {
        value: Number(row?.['Data Value']),
        n: Number(row?.['N']),
        standardError: Number(row?.['Standard Error']),
        recommendSuppress: row?.['Recommend Suppress'] === 'Y',
      };
    };
    expect(skills).toEqual(
      Object.entries(SKILLS).map(([elementId, name]) => {
        const level = rating(elementId, 'LV');
        return {
          skill: { elementId, name, description: null, anchors: [] },
          level,
          importance: rating(elementId, 'IM'),
          notRelevant: level['value'] === 0,
        };
      }),
    );
  });

  test('serves an occupation without errors and counts, as older surveys have them', async () => {
    await app.ingest(await new SmallRelease().writeFolder(join(folder.path, '30.1')));

    const { occupation, skills } = ratedSkillsOf(await app.served(), soc(codeOf(1)));

    expect(occupation.title).toBe('Café Managers 🍰');
    expect(skills.map(({ level }) => [level.n, level.standardError])).toEqual(skills.map(() => [null, null]));
  });

  test('is recorded with its counts, its checksum and the run that loaded it', async () => {
    const report = await app.ingest(await new SmallRelease().writeFolder(join(folder.path, '30.1')));

    const [row] = await app.query<Record<string, unknown>>('SELECT * FROM releases');
    const [run] = await app.query<Record<string, unknown>>('SELECT * FROM ingestions');
    expect(row).toMatchObject({
      id: report.releaseId,
      version: '30.1',
      label: 'text release from 30.1',
      source: 'text',
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      status: 'ready',
      job_id: report.ingestionId,
      attempt: 1,
      occupations: 12,
      rated_occupations: 10,
      skills: 4,
      scales: 4,
      ratings: 80,
    });
    expect(run).toMatchObject({
      id: report.ingestionId,
      kind: 'release',
      source: 'text',
      origin: '30.1',
      attempt: 1,
      release_id: report.releaseId,
      error: null,
    });
    const [job] = await app.query('SELECT id, type, state, attempt, error_code FROM jobs');
    expect(job).toEqual({
      id: report.ingestionId,
      type: 'import-release',
      state: 'completed',
      attempt: 1,
      error_code: null,
    });
    expect(JSON.parse(String(run?.['counts']))).toEqual(report.tables);
  });

  test('reports its progress stage by stage, up to the last byte and the last row', async () => {
    const path = await new SmallRelease().writeFolder(join(folder.path, '30.1'));
    const last = new Map<string, { done: number; total: number | null }>();

    await app.ingest(path, {}, { onProgress: ({ stage, ...rest }) => last.set(stage, rest) });

    const bytes = [OCCUPATION_FILE, SCALE_FILE, SKILL_FILE]
      .map((file) => new SmallRelease().bytes(file).length)
      .reduce((a, b) => a + b);
    expect([...last]).toEqual([
      ['landing', { done: bytes, total: bytes }],
      ['normalising', { done: 12 + 4 + 80, total: 12 + 4 + 80 }],
      ['activating', { done: 1, total: 1 }],
    ]);
  });

  test('has the same checksum as a folder and as an archive, and another one when a byte differs', async () => {
    const checksums = async (): Promise<unknown[]> => {
      const rows = await app.query<{ checksum: string }>('SELECT checksum FROM releases ORDER BY id');
      return rows.map(({ checksum }) => checksum);
    };
    await app.ingest(await new SmallRelease().writeFolder(join(folder.path, '30.1')));
    await app.ingest(await new SmallRelease().writeZip(join(folder.path, '30.1.zip')));
    await app.ingest(await new SmallRelease({ edition: 1 }).writeFolder(join(folder.path, '30.2')));

    const [asFolder, asArchive, other] = await checksums();

    expect(asArchive).toBe(asFolder);
    expect(other).not.toBe(asFolder);
  });

  test.each([
    { name: 'db_29_3_text', given: 'no version', version: undefined, expected: '29.3' },
    { name: '30.1', given: 'no version', version: undefined, expected: '30.1' },
    { name: 'db_29_3_text', given: 'version 30.2', version: '30.2', expected: '30.2' },
    { name: 'download', given: 'version 31.0-beta', version: '31.0-beta', expected: '31.0-beta' },
  ])('in a folder called $name, with $given given, is version $expected', async ({ name, version, expected }) => {
    const report = await app.ingest(await new SmallRelease().writeFolder(join(folder.path, name)), {
      release: version,
    });

    expect(report.version).toBe(expected);
    expect((await app.served()).release.version).toBe(expected);
  });

  test('that nobody named gets a version from its checksum', async () => {
    const { version } = await app.ingest(await new SmallRelease().writeFolder(join(folder.path, 'download')));

    const [row] = await app.query<{ checksum: string; version: string }>('SELECT checksum, version FROM releases');
    expect(version).toBe(`sha256-${row?.checksum.slice(0, 12) ?? ''}`);
    expect(row?.version).toBe(version);
  });

  test('is called what it is given as its label', async () => {
    await app.ingest(await new SmallRelease().writeFolder(join(folder.path, '30.1')), { label: 'ours' });

    expect((await app.served()).release.label).toBe('ours');
  });

  test('is loaded once more, as a release of its own, when it is ingested again', async () => {
    const path = await new SmallRelease().writeFolder(join(folder.path, '30.1'));
    const first = await app.ingest(path);
    const before = await app.served();

    const second = await app.ingest(path);

    const after = await app.served();
    expect(await app.releases()).toEqual([
      { id: second.releaseId, version: '30.1', status: 'ready', active: true },
      { id: first.releaseId, version: '30.1', status: 'retired', active: false },
    ]);
    expect(after.revision).toBe(before.revision + 1);
    expect(after.level).toEqual(before.level);
    expect(after.occupations).toEqual(before.occupations);
  });

  test.each([
    ['line feeds alone at the ends of lines', (text: string) => text.replaceAll('\r\n', '\n')],
    ['no line end behind the last line', (text: string) => text.slice(0, -2)],
    ['a byte order mark', (text: string) => `\uFEFF${text}`],
    ['empty lines', (text: string) => text.replaceAll('\r\n', '\r\n\r\n')],
    ['a column that is not known', (text: string) => text.replaceAll('\r\n', '\tnew\r\n')],
    [
      'columns in another order',
      (text: string) =>
        text
          .split('\r\n')
          .map((line) => line.split('\t').toReversed().join('\t'))
          .join('\r\n'),
    ],
  ])('may have %s', async (_, vary) => {
    const plain = new SmallRelease();
    await app.ingest(await plain.writeFolder(join(folder.path, 'plain')));
    const expected = await app.served();
    const varied = new SmallRelease();
    for (const file of varied.fileNames) varied.putFile(file, Buffer.from(vary(plain.bytes(file).toString())));

    const report = await app.ingest(await varied.writeFolder(join(folder.path, 'varied')));

    const served = await app.served();
    expect(report.rejections).toEqual([]);
    expect(served.occupations).toEqual(expected.occupations);
    expect([served.skills, served.scales]).toEqual([expected.skills, expected.scales]);
    expect([served.level, served.importance]).toEqual([expected.level, expected.importance]);
  });

  test('may lie among other files', async () => {
    const path = await new SmallRelease().writeFolder(join(folder.path, '30.1'));
    await writeFile(join(path, 'Read Me.txt'), 'hello');
    await writeFile(join(path, 'Knowledge.txt'), 'O*NET-SOC Code');

    const report = await app.ingest(path);

    expect(Object.keys(report.tables)).toEqual([OCCUPATION_FILE, SCALE_FILE, SKILL_FILE]);
  });

  test('with more rows than fit into one chunk is loaded completely', async () => {
    const release = new SmallRelease({ rated: 1200, unrated: 0 });

    const report = await app.ingest(await release.writeFolder(join(folder.path, '30.1')));

    expect(report.rated).toBe(1200);
    expect(report.tables[SKILL_FILE]).toEqual({ landed: 9600, normalised: 9600, rejected: 0 });
    expect((await app.served()).level.values).toHaveLength(4800);
  });
});

function key(row: Readonly<Record<string, unknown>>): string {
  return [row['onetsoc_code'], row['element_id'], row['scale_id']].join(' ');
}
