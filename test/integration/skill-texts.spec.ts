import { join } from 'node:path';
import type { TableCounts } from '@app/database';
import { IngestionHistoryService, type IngestionReport } from '@app/ingestion';
import { ReleaseUnusableError } from '@app/normalization';
import { describeOnEveryDatabase } from '../support/databases';
import { useIngestionApps, type IngestionApp } from '../support/ingestion-app';
import {
  ANCHOR_FILE,
  ANCHOR_LEVELS,
  anchorAt,
  descriptionOf,
  ELEMENT_FILE,
  SKILLS,
  SmallRelease,
} from '../support/release-folder';
import { servedState } from '../support/served-state';
import { useTemporaryFolder } from '../support/temporary-folder';

const IDS = Object.keys(SKILLS);
/** Rows about skills, and about what nobody asks for. */
const ELEMENTS = { landed: IDS.length + 3, normalised: IDS.length, rejected: 0, unneeded: 3 };
const ANCHORS = { landed: 3 * (IDS.length + 1), normalised: 3 * IDS.length, rejected: 0, unneeded: 3 };

interface Texts {
  readonly descriptions: readonly unknown[];
  readonly anchors: readonly unknown[];
}

const ALL: Texts = {
  descriptions: IDS.map((element_id) => ({ element_id, description: descriptionOf(element_id) })),
  anchors: IDS.flatMap((id) => ANCHOR_LEVELS.map((level) => [id, 'LV', level, anchorAt(id, level)])),
};

describeOnEveryDatabase('What skills are, and what their levels mean,', (database) => {
  const folder = useTemporaryFolder();
  const apps = useIngestionApps();
  let url: string;
  let app: IngestionApp;

  beforeEach(async () => {
    url = await database.create();
    app = await apps.open(url);
  });

  const write = (release: SmallRelease, name = '30.1'): Promise<string> => release.writeFolder(join(folder.path, name));
  const ingest = async (release: SmallRelease, name?: string): Promise<IngestionReport> =>
    app.ingest(await write(release, name));

  /** The texts of a release as they are stored; MySQL's driver gives decimals as text. */
  async function textsOf(releaseId: number): Promise<Texts> {
    const anchors = await app.query<Record<string, unknown>>(
      `SELECT element_id, scale_id, anchor_value, anchor_description FROM level_anchors WHERE release_id = ?
        ORDER BY element_id, scale_id, anchor_value`,
      [releaseId],
    );
    return {
      descriptions: await app.query(
        'SELECT element_id, description FROM skill_descriptions WHERE release_id = ? ORDER BY element_id',
        [releaseId],
      ),
      anchors: anchors.map((row) => [
        row['element_id'],
        row['scale_id'],
        Number(row['anchor_value']),
        row['anchor_description'],
      ]),
    };
  }

  describe.each(['one skill file', 'two skill files'] as const)('in a release with %s,', (layout) => {
    test.each(['a folder', 'an archive'])('are loaded from %s and counted file by file', async (kind) => {
      const release = new SmallRelease({ layout, texts: true });
      const path = join(folder.path, '30.1');

      const report = await app.ingest(
        await (kind === 'a folder' ? release.writeFolder(path) : release.writeZip(`${path}.zip`)),
      );

      expect(report).toMatchObject({ activated: true, rated: 10, incomplete: [], rejections: [] });
      expect(report.tables).toMatchObject({ [ELEMENT_FILE]: ELEMENTS, [ANCHOR_FILE]: ANCHORS });
      expect(await textsOf(report.releaseId)).toEqual(ALL);
    });
  });

  test('are landed as their files have them, elements that are no skills included', async () => {
    const release = new SmallRelease({ texts: true });

    await ingest(release);

    const elements = await app.query<Record<string, unknown>>(
      'SELECT line_no, element_id, element_name, description FROM landing_elements ORDER BY line_no',
    );
    const anchors = await app.query<Record<string, unknown>>(
      `SELECT line_no, element_id, element_name, scale_id, anchor_value, anchor_description
         FROM landing_level_anchors ORDER BY line_no`,
    );
    expect(elements.map((row) => Object.values(row))).toEqual(
      release
        .table(ELEMENT_FILE)
        .rows()
        .map((row, index) => [index + 2, ...Object.values(row)]),
    );
    expect(anchors.map((row) => Object.values(row))).toEqual(
      release
        .table(ANCHOR_FILE)
        .rows()
        .map((row, index) => [index + 2, ...Object.values(row)]),
    );
  });

  test.each<[string, string[], Partial<Texts>]>([
    ['neither', [ELEMENT_FILE, ANCHOR_FILE], { descriptions: [], anchors: [] }],
    ['anchors only', [ELEMENT_FILE], { descriptions: [] }],
    ['descriptions only', [ANCHOR_FILE], { anchors: [] }],
  ])('are not needed: a release may have %s', async (_, lacking, expected) => {
    const release = new SmallRelease({ texts: true });
    for (const file of lacking) release.removeFile(file);

    const report = await ingest(release);

    expect(report).toMatchObject({ activated: true, rated: 10, rejections: [] });
    expect(Object.keys(report.tables)).toEqual(release.fileNames);
    expect(await textsOf(report.releaseId)).toEqual({ ...ALL, ...expected });
  });

  test('are served with the skills, the anchors in order of their levels', async () => {
    const release = new SmallRelease({ texts: true });
    release.table(ANCHOR_FILE).append(['2.A.1.b', 'Active Listening', 'LV', '2.5', 'Hear'].join('\t'));
    release.table(ELEMENT_FILE).remove({ 'Element ID': '2.B.1.a' });

    await ingest(release);

    const anchorsOf = (id: string): unknown[] =>
      ANCHOR_LEVELS.map((level) => ({ level, description: anchorAt(id, level) }));
    const hear = anchorsOf('2.A.1.b').toSpliced(1, 0, { level: 2.5, description: 'Hear' });
    expect((await app.served()).skills).toEqual(
      Object.entries(SKILLS).map(([elementId, name]) => ({
        elementId,
        name,
        description: elementId === '2.B.1.a' ? null : descriptionOf(elementId),
        anchors: elementId === '2.A.1.b' ? hear : anchorsOf(elementId),
      })),
    );
  });

  test('are not there for a release that was loaded before there were tables for them', async () => {
    await ingest(new SmallRelease({ texts: true }));
    const { occupations, level } = await app.loadActive();
    // those that came later go first
    const isMade = async (): Promise<boolean> =>
      (await app.dataSource.query<object[]>("SELECT 1 FROM migrations WHERE name LIKE 'SkillTexts%'")).length > 0;
    while (await isMade()) await app.dataSource.undoLastMigration();

    const upgraded = await (await apps.open(url)).loadActive();

    expect(upgraded.skills).toEqual(
      Object.entries(SKILLS).map(([elementId, name]) => ({ elementId, name, description: null, anchors: [] })),
    );
    expect([upgraded.occupations, upgraded.level]).toEqual([occupations, level]);
  });

  test('leave the skills the names that their ratings have', async () => {
    const release = new SmallRelease({ texts: true });
    release.table(ELEMENT_FILE).change({ 'Element ID': '2.B.3.e' }, 'Element Name', 'Writing programs');
    release.table(ANCHOR_FILE).change({ 'Element ID': '2.B.3.e' }, 'Element Name', '');

    const report = await ingest(release);

    expect(report.rejections).toEqual([]);
    expect(await textsOf(report.releaseId)).toEqual(ALL);
    expect((await app.served()).skills.map(({ name }) => name)).toEqual(Object.values(SKILLS));
  });

  describe('whose file is of no use', () => {
    test.each([
      [ELEMENT_FILE, 'Description'],
      [ANCHOR_FILE, 'Anchor Value'],
    ])('make the release one of no use: %s without %s', async (file, column) => {
      await ingest(new SmallRelease(), '30.0');
      const before = await servedState(app);
      const release = new SmallRelease({ texts: true });
      const table = release.table(file);
      table.replace(1, table.line(1).replace(column, 'Something'));

      const failure: unknown = await ingest(release).catch((error: unknown) => error);

      expect(failure).toBeInstanceOf(ReleaseUnusableError);
      expect((failure as Error).message).toContain(
        `${file} has a wrong header: it lacks ${column}. Expected, separated by tabs: Element ID, Element Name, `,
      );
      expect(await servedState(app)).toEqual(before);
    });

    test.each([ELEMENT_FILE, ANCHOR_FILE])('make the release one of no use: %s that is empty', async (file) => {
      const release = new SmallRelease({ texts: true }).putFile(file, Buffer.alloc(0));

      await expect(ingest(release)).rejects.toThrow(`${file} is empty.`);
    });

    test.each([ELEMENT_FILE, ANCHOR_FILE])('are done without where %s has a header only', async (file) => {
      const release = new SmallRelease({ texts: true });
      release.putFile(file, Buffer.from(`${release.table(file).line(1)}\r\n`));

      const report = await ingest(release);

      expect(report).toMatchObject({ activated: true, rated: 10, rejections: [] });
      expect(report.tables[file]).toEqual({ landed: 0, normalised: 0, rejected: 0 });
    });

    test.each([ELEMENT_FILE, ANCHOR_FILE])('are done without where no line of %s can be landed', async (file) => {
      const release = new SmallRelease({ texts: true });
      const table = release.table(file);
      for (let line = 2; line <= table.rowCount + 1; line++) table.replace(line, `${table.line(line)}\tmore`);

      const report = await ingest(release);

      expect(report).toMatchObject({ activated: true, rated: 10, incomplete: [] });
      expect(report.tables[file]).toEqual({ landed: 0, normalised: 0, rejected: table.rowCount });
    });
  });

  describe('in rows that cannot be used', () => {
    const element = { 'Element ID': '2.A.1.b' };
    const anchor = { ...element, 'Anchor Value': '4' };
    const long = 'x'.repeat(8001);

    test.each<[string, string, (release: SmallRelease) => number, string, string]>([
      [
        'a description is missing',
        ELEMENT_FILE,
        (release) => release.table(ELEMENT_FILE).change(element, 'Description', ' '),
        'MISSING_VALUE',
        'Description is empty',
      ],
      [
        'a description is too long',
        ELEMENT_FILE,
        (release) => release.table(ELEMENT_FILE).change(element, 'Description', long),
        'VALUE_TOO_LONG',
        'Description has 8001 characters, more than 8000',
      ],
      [
        'a description has a NUL',
        ELEMENT_FILE,
        (release) => release.table(ELEMENT_FILE).change(element, 'Description', 'Lis\0tens.'),
        'BAD_CHARACTER',
        'Description has the control character U+0000 at place 4',
      ],
      [
        'an element has no id',
        ELEMENT_FILE,
        (release) => release.table(ELEMENT_FILE).change(element, 'Element ID', ''),
        'BAD_ELEMENT_ID',
        'Element ID is "", not of the form 2.A.1.a',
      ],
      [
        'a line has too few columns',
        ELEMENT_FILE,
        (release) => {
          const line = release.table(ELEMENT_FILE).lineOf(element);
          release.table(ELEMENT_FILE).replace(line, '2.A.1.b\tActive Listening');
          return line;
        },
        'TOO_FEW_COLUMNS',
        'The line has 2 columns, the header 3',
      ],
      [
        'a line is in Windows-1252',
        ELEMENT_FILE,
        (release) => {
          const line = release.table(ELEMENT_FILE).lineOf(element);
          release.table(ELEMENT_FILE).replace(line, Buffer.from('2.A.1.b\tActive Listening\tIn cafés.', 'latin1'));
          return line;
        },
        'BAD_ENCODING',
        'The line is not valid UTF-8',
      ],
      [
        'a level is no number',
        ANCHOR_FILE,
        (release) => release.table(ANCHOR_FILE).change(anchor, 'Anchor Value', 'four'),
        'NOT_A_NUMBER',
        'Anchor Value is "four", not a number',
      ],
      [
        'a level has three decimals',
        ANCHOR_FILE,
        (release) => release.table(ANCHOR_FILE).change(anchor, 'Anchor Value', '4.125'),
        'NOT_A_NUMBER',
        'Anchor Value is "4.125", with more than 2 decimals',
      ],
      [
        'a level is above 7',
        ANCHOR_FILE,
        (release) => release.table(ANCHOR_FILE).change(anchor, 'Anchor Value', '8'),
        'OUT_OF_SCALE',
        'Anchor Value 8 is outside scale LV, 0 to 7',
      ],
      [
        'a level is below 0',
        ANCHOR_FILE,
        (release) => release.table(ANCHOR_FILE).change(anchor, 'Anchor Value', '-1'),
        'OUT_OF_SCALE',
        'Anchor Value -1 is outside scale LV, 0 to 7',
      ],
      [
        'a level was anchored before',
        ANCHOR_FILE,
        (release) => release.table(ANCHOR_FILE).change(anchor, 'Anchor Value', '6.00'),
        'DUPLICATE_KEY',
        '2.A.1.b LV 6 was given in line 8 already; that line is used',
      ],
      [
        'an anchor says nothing',
        ANCHOR_FILE,
        (release) => release.table(ANCHOR_FILE).change(anchor, 'Anchor Description', ''),
        'MISSING_VALUE',
        'Anchor Description is empty',
      ],
      [
        'an anchor says too much',
        ANCHOR_FILE,
        (release) => release.table(ANCHOR_FILE).change(anchor, 'Anchor Description', long),
        'VALUE_TOO_LONG',
        'Anchor Description has 8001 characters, more than 8000',
      ],
      [
        'an anchor has a control character',
        ANCHOR_FILE,
        (release) => release.table(ANCHOR_FILE).change(anchor, 'Anchor Description', 'Beep\u0007'),
        'BAD_CHARACTER',
        'Anchor Description has the control character U+0007 at place 5',
      ],
      [
        'an anchor has no scale',
        ANCHOR_FILE,
        (release) => release.table(ANCHOR_FILE).change(anchor, 'Scale ID', ''),
        'MISSING_VALUE',
        'Scale ID is empty',
      ],
    ])('are rejected alone where %s', async (_, file, damage, code, reason) => {
      const release = new SmallRelease({ texts: true });
      const lineNo = damage(release);

      const report = await ingest(release);

      expect(report).toMatchObject({ activated: true, rated: 10, incomplete: [], concerns: [] });
      expect(report.rejections).toEqual([{ code, rows: 1, example: { sourceFile: file, lineNo, reason } }]);
      const { descriptions, anchors } = await textsOf(report.releaseId);
      const lost = file === ELEMENT_FILE ? [1, 0] : [0, 1];
      expect([descriptions.length, anchors.length]).toEqual([4 - (lost[0] ?? 0), 12 - (lost[1] ?? 0)]);
    });

    test('are told apart from those that are not needed, and all that was landed is accounted for', async () => {
      const release = new SmallRelease({ texts: true });
      const elements = release.table(ELEMENT_FILE);
      elements.append(elements.line(elements.lineOf(element)));
      elements.append('2.B.9.z\tNothing that is rated\t\0');
      elements.change({ 'Element ID': '2.B.1.a' }, 'Description', '');
      const anchors = release.table(ANCHOR_FILE);
      anchors.change({ ...element, 'Anchor Value': '2' }, 'Scale ID', 'IM');
      anchors.change(anchor, 'Anchor Value', '9');

      const { ingestionId, tables } = await ingest(release);

      expect(tables[ELEMENT_FILE]).toEqual({ landed: 9, normalised: 3, rejected: 2, unneeded: 4 });
      expect(tables[ANCHOR_FILE]).toEqual({ landed: 15, normalised: 10, rejected: 1, unneeded: 4 });
      for (const counts of Object.values(tables)) expect(sumOf(counts)).toBe(counts.landed);
      const { quality } = (await app.get(IngestionHistoryService).get(ingestionId)).ingestion;
      const whole = 12 + 4 + 80;
      expect(quality).toMatchObject({
        landed: whole + 24,
        normalised: whole + 13,
        deduplicated: 1,
        rejected: 2,
        unneeded: 8,
      });
    });
  });

  test('count as unchanged where the release before said the same', async () => {
    await ingest(new SmallRelease({ texts: true }), '30.1');
    const release = new SmallRelease({ texts: true });
    release.table(ELEMENT_FILE).change({ 'Element ID': '2.A.1.a' }, 'Description', 'Reads.');
    release.table(ANCHOR_FILE).change({ 'Element ID': '2.A.1.a', 'Anchor Value': '2' }, 'Anchor Value', '3');

    const { ingestionId } = await ingest(release, '30.2');

    const { quality } = (await app.get(IngestionHistoryService).get(ingestionId)).ingestion;
    expect(quality).toMatchObject({ normalised: 96 + 16, unchanged: 96 + 16 - 2 });
  });

  test('are part of the checksum, so that a release that gains them is another one', async () => {
    const plain = await write(new SmallRelease(), 'plain');
    const checksum = async ({ releaseId }: IngestionReport): Promise<unknown> =>
      (await app.query('SELECT checksum FROM releases WHERE id = ?', [releaseId]))[0];
    const first = await checksum(await app.ingest(plain));
    await expect(app.ingest(plain, { onlyIfChanged: true })).rejects.toThrow('Nothing was loaded: unchanged');
    const full = await write(new SmallRelease({ texts: true }), 'full');

    const gained = await app.ingest(full, { onlyIfChanged: true });

    expect(await checksum(gained)).not.toEqual(first);
    await expect(app.ingest(full, { onlyIfChanged: true })).rejects.toThrow('Nothing was loaded: unchanged');
  });

  test('go with their release, and their landed rows with those of the others', async () => {
    const ids: number[] = [];
    for (const edition of [1, 2, 3, 4, 5]) {
      ids.push((await ingest(new SmallRelease({ edition, texts: true }), `${edition}.0`)).releaseId);
    }

    for (const table of ['skill_descriptions', 'level_anchors']) {
      expect(await app.query(`SELECT DISTINCT release_id AS id FROM ${table} ORDER BY release_id`)).toEqual(
        ids.slice(2).map((id) => ({ id })),
      );
    }
    for (const table of ['landing_elements', 'landing_level_anchors']) {
      expect(await app.query(`SELECT DISTINCT ingestion_id FROM ${table}`)).toHaveLength(3);
    }
  });
});

function sumOf({ normalised, rejected, unneeded = 0 }: TableCounts): number {
  return normalised + rejected + unneeded;
}
