import { join } from 'node:path';
import type { IngestionReport } from '@app/ingestion';
import { ratedSkillsOf } from '@app/occupations';
import { describeOnEveryDatabase } from '../support/databases';
import { gapByLevel, IngestionApp, strictGap } from '../support/ingestion-app';
import { codeOf, OCCUPATION_FILE, SCALE_FILE, SKILL_FILE, SmallRelease } from '../support/release-folder';
import { servedState, type ServedState } from '../support/served-state';
import { soc } from '../support/snapshots';
import { useTemporaryFolder } from '../support/temporary-folder';

/** The occupation that loses a rating, and the rating. */
const DAMAGED = codeOf(4);
const RATING = { 'O*NET-SOC Code': DAMAGED, 'Element ID': '2.A.1.b', 'Scale ID': 'LV' };

/** A row as it stands in `rejected_rows`. */
interface Rejected {
  readonly line_no: number;
  readonly reason_code: string;
  readonly reason: string;
  readonly raw: string;
}

interface Damage {
  readonly fault: string;
  /** Damages the release; tells which line. */
  readonly damage: (release: SmallRelease) => number;
  readonly code: string;
  readonly reason: string;
}

const skills = (release: SmallRelease): ReturnType<SmallRelease['table']> => release.table(SKILL_FILE);

function changed(fault: string, column: string, value: string, code: string, reason: string): Damage {
  return { fault, damage: (release) => skills(release).change(RATING, column, value), code, reason };
}

/** Replaces the line of {@link RATING} by what `change` makes of it. */
function replaced(fault: string, change: (line: string) => string | Buffer, code: string, reason: string): Damage {
  const damage = (release: SmallRelease): number => {
    const table = skills(release);
    const lineNo = table.lineOf(RATING);
    table.replace(lineNo, change(table.line(lineNo)));
    return lineNo;
  };
  return { fault, damage, code, reason };
}

/** Damages to a rating, each of which costs that rating. */
const LOST_RATINGS: readonly Damage[] = [
  replaced(
    'has too few columns',
    (line) => line.split('\t').slice(0, 5).join('\t'),
    'TOO_FEW_COLUMNS',
    'The line has 5 columns, the header 13',
  ),
  replaced(
    'has too many columns',
    (line) => `${line}\tmore`,
    'TOO_MANY_COLUMNS',
    'The line has 14 columns, the header 13',
  ),
  replaced(
    'is in Windows-1252',
    (line) => Buffer.from(line.replace('Analyst', 'Analysé'), 'latin1'),
    'BAD_ENCODING',
    'The line is not valid UTF-8',
  ),
  replaced(
    'is longer than any row can be',
    (line) => `${line}${'x'.repeat(20_000)}`,
    'LINE_TOO_LONG',
    'The line is longer than any O*NET row',
  ),
  changed('has a word for its value', 'Data Value', 'high', 'NOT_A_NUMBER', 'Data Value is "high", not a number'),
  changed('has no value', 'Data Value', '', 'NOT_A_NUMBER', 'Data Value is "", not a number'),
  changed('has n/a for its value', 'Data Value', 'n/a', 'NOT_A_NUMBER', 'Data Value is "n/a", not a number'),
  changed('has a decimal comma', 'Data Value', '3,50', 'NOT_A_NUMBER', 'Data Value is "3,50", not a number'),
  changed('has a value with an exponent', 'Data Value', '3e0', 'NOT_A_NUMBER', 'Data Value is "3e0", not a number'),
  changed('has a value in other digits', 'Data Value', '٣', 'NOT_A_NUMBER', 'Data Value is "٣", not a number'),
  changed(
    'has a value with three decimals',
    'Data Value',
    '3.125',
    'NOT_A_NUMBER',
    'Data Value is "3.125", with more than 2 decimals',
  ),
  changed('has a level above 7', 'Data Value', '7.01', 'OUT_OF_SCALE', 'Data Value 7.01 is outside scale LV, 0 to 7'),
  changed(
    'has a negative level',
    'Data Value',
    '-0.01',
    'OUT_OF_SCALE',
    'Data Value -0.01 is outside scale LV, 0 to 7',
  ),
  changed(
    'has the code of no occupation of the release',
    'O*NET-SOC Code',
    '99-9999.00',
    'UNKNOWN_OCCUPATION',
    'O*NET-SOC Code 99-9999.00 is not among the occupations of the release',
  ),
  changed(
    'has no O*NET-SOC code',
    'O*NET-SOC Code',
    '11-1051',
    'BAD_CODE',
    'O*NET-SOC Code is "11-1051", not of the form 15-1252.00',
  ),
  changed(
    'has an element that is no skill',
    'Element ID',
    '2.C.1.a',
    'UNKNOWN_ELEMENT',
    'Element ID is "2.C.1.a", not a skill of the release',
  ),
  changed(
    'has a mistyped element',
    'Element ID',
    '2.A.1.z',
    'UNKNOWN_ELEMENT',
    'Element ID is "2.A.1.z", not a skill of the release',
  ),
  changed(
    'has an element with a blank behind it',
    'Element ID',
    '2.A.1.b ',
    'UNKNOWN_ELEMENT',
    'Element ID is "2.A.1.b ", not a skill of the release',
  ),
  changed(
    'has an element in capital letters',
    'Element ID',
    '2.A.1.B',
    'UNKNOWN_ELEMENT',
    'Element ID is "2.A.1.B", not a skill of the release',
  ),
  changed(
    'has the name of another element',
    'Element Name',
    'Programming',
    'UNKNOWN_ELEMENT',
    'Element 2.A.1.b is named "Programming", elsewhere "Active Listening"',
  ),
  changed(
    'has the name of its element with a blank behind it',
    'Element Name',
    'Active Listening ',
    'UNKNOWN_ELEMENT',
    'Element 2.A.1.b is named "Active Listening ", elsewhere "Active Listening"',
  ),
  changed(
    'has the name of its element in small letters',
    'Element Name',
    'active listening',
    'UNKNOWN_ELEMENT',
    'Element 2.A.1.b is named "active listening", elsewhere "Active Listening"',
  ),
  changed(
    'has an unknown scale',
    'Scale ID',
    'XX',
    'UNKNOWN_SCALE',
    'Scale ID is "XX", not among the scales of the release',
  ),
  changed(
    'has a scale in small letters',
    'Scale ID',
    'lv',
    'UNKNOWN_SCALE',
    'Scale ID is "lv", not among the scales of the release',
  ),
  changed(
    'has the key of an earlier row',
    'Element ID',
    '2.A.1.a',
    'UNKNOWN_ELEMENT',
    'Element 2.A.1.a is named "Active Listening", elsewhere "Reading Comprehension"',
  ),
  changed('has half a rater', 'N', '7.5', 'NOT_A_NUMBER', 'N is "7.5", not a whole number'),
  changed(
    'has a standard error that is no number',
    'Standard Error',
    '?',
    'NOT_A_NUMBER',
    'Standard Error is "?", not a number',
  ),
  changed(
    'has a flag that is neither Y nor N',
    'Recommend Suppress',
    'X',
    'BAD_FLAG',
    'Recommend Suppress is "X", not Y, N or n/a',
  ),
  changed(
    'has a date in a month that does not exist',
    'Date',
    '13/2023',
    'BAD_DATE',
    'Date is "13/2023", not a month such as 08/2023',
  ),
  changed(
    'has a source that is too long',
    'Domain Source',
    'A'.repeat(65),
    'VALUE_TOO_LONG',
    'Domain Source has 65 characters, more than 64',
  ),
];

describeOnEveryDatabase('A row that cannot be used', (database) => {
  const folder = useTemporaryFolder();
  let app: IngestionApp;
  let good: ServedState;

  beforeAll(async () => {
    app = await IngestionApp.open(await database.create());
  });

  afterAll(() => app.close());

  // each test begins with the good release in service, loaded anew where the test before made it one of the old ones
  beforeEach(async () => {
    const kept = (await app.releases()).find(({ version }) => version === '30.1');
    if (kept === undefined) await app.ingest(await new SmallRelease().writeFolder(join(folder.path, '30.1')));
    else await app.activation.activate(kept.id);
    good = await servedState(app);
  });

  const ingest = async (release: SmallRelease): Promise<IngestionReport> =>
    app.ingest(await release.writeFolder(join(folder.path, '30.2')));

  const rejectedRows = (report: IngestionReport, file: string): Promise<Rejected[]> =>
    app.query<Rejected>(
      `SELECT line_no, reason_code, reason, raw FROM rejected_rows
        WHERE ingestion_id = ? AND source_file = ? ORDER BY line_no`,
      [report.ingestionId, file],
    );

  /** The line as it was written, where every byte stands for a character if it is not UTF-8. */
  const rawLine = (release: SmallRelease, file: string, lineNo: number): string => {
    const bytes = release.bytes(file);
    return bytes.toString(bytes.includes(0xe9) ? 'latin1' : 'utf8').split('\r\n')[lineNo - 1] ?? '';
  };

  describe.each(LOST_RATINGS)('since a rating $fault', ({ damage, code, reason }) => {
    test('is recorded and counted, and costs its occupation all ratings, never a level', async () => {
      const release = new SmallRelease();
      const lineNo = damage(release);
      const line = rawLine(release, SKILL_FILE, lineNo);
      const raw = code === 'LINE_TOO_LONG' ? line.slice(0, 400) : line;

      const report = await ingest(release);

      expect(await rejectedRows(report, SKILL_FILE)).toEqual([{ line_no: lineNo, reason_code: code, reason, raw }]);
      const example = { sourceFile: SKILL_FILE, lineNo, reason };
      expect(report.rejections).toEqual([{ code, rows: 1, example }]);
      expect(report.tables[SKILL_FILE]).toMatchObject({ normalised: 79, rejected: 1 });
      expect(report.incomplete).toEqual([DAMAGED]);
      expect(report.rated).toBe(9);

      // one in ten incomplete is too much to go into service by itself
      expect(report.activated).toBe(false);
      expect(await servedState(app)).toEqual(good);

      await app.activation.activate(report.releaseId);
      const served = await app.served();
      for (const answer of [
        () => ratedSkillsOf(served, soc(DAMAGED)),
        () => strictGap(served, codeOf(0), DAMAGED),
        () => gapByLevel(served, DAMAGED, codeOf(0)),
      ]) {
        expect(answer).toThrow(expect.objectContaining({ code: 'OCCUPATION_NOT_RATED' }) as Error);
      }
      expect(gapByLevel(served, codeOf(0), codeOf(2))).toEqual(good.gapByLevel);
      expect(strictGap(served, codeOf(0), codeOf(2))).toEqual(good.strictGap);
    });
  });

  test.each([
    ['Element ID', '2.A.1.a '],
    ['Element ID', '2.A.1.A'],
    ['Element Name', 'Reading Comprehension '],
    ['Element Name', 'READING COMPREHENSION'],
  ])('is rejected alone though it is the first one of all, with the %s "%s"', async (column, value) => {
    const release = new SmallRelease();
    skills(release).change({ 'Element ID': '2.A.1.a' }, column, value);

    const report = await ingest(release);

    expect(report.rejections).toMatchObject([{ code: 'UNKNOWN_ELEMENT', rows: 1, example: { lineNo: 2 } }]);
    expect(report).toMatchObject({ rated: 9, incomplete: [codeOf(0)] });
    await app.activation.activate(report.releaseId);
    expect((await app.served()).skills).toEqual(good.snapshot.skills);
  });

  test('since its key was there before costs nothing else: the first row with the key counts', async () => {
    const release = new SmallRelease();
    const table = skills(release);
    const first = table.lineOf(RATING);
    const fields = table.line(first).split('\t');
    fields[4] = '6.66';
    const lineNo = table.append(fields.join('\t'));

    const report = await ingest(release);

    expect(await rejectedRows(report, SKILL_FILE)).toEqual([
      {
        line_no: lineNo,
        reason_code: 'DUPLICATE_KEY',
        reason: `${DAMAGED} 2.A.1.b LV was given in line ${first} already; that line is used`,
        raw: fields.join('\t'),
      },
    ]);
    expect(report).toMatchObject({ activated: true, incomplete: [], rated: 10 });
    const served = await app.served();
    expect(served.level).toEqual(good.snapshot.level);
  });

  test('since its key stands in the other file of skills is rejected as well', async () => {
    const release = new SmallRelease({ layout: 'two skill files' });
    const row = release.table('Essential Skills.txt').line(2);
    const lineNo = release.table('Transferable Skills.txt').append(row);

    const report = await ingest(release);

    expect(await rejectedRows(report, 'Transferable Skills.txt')).toMatchObject([
      { line_no: lineNo, reason_code: 'DUPLICATE_KEY', raw: row },
    ]);
    expect(report).toMatchObject({ activated: true, rated: 10 });
  });

  test('with a rating on a scale that no level is read from does not count as one', async () => {
    const release = new SmallRelease();
    skills(release).change(RATING, 'Scale ID', 'CT');
    skills(release).change({ ...RATING, 'Scale ID': 'CT' }, 'Data Value', '2.00');

    const report = await ingest(release);

    expect(report).toMatchObject({ rejections: [], incomplete: [DAMAGED], rated: 9, activated: false });
    expect(await servedState(app)).toEqual(good);
  });

  test.each([
    ['0', 0],
    ['7', 7],
    ['7.00', 7],
    ['0.5', 0.5],
    ['01.20', 1.2],
  ])('is not one with the level %s', async (value, level) => {
    const release = new SmallRelease();
    skills(release).change(RATING, 'Data Value', value);

    const report = await ingest(release);

    expect(report.rejections).toEqual([]);
    const { skills: rated } = ratedSkillsOf(await app.served(), soc(DAMAGED));
    expect(rated.find(({ skill }) => skill.elementId === '2.A.1.b')?.level.value).toBe(level);
  });

  describe('among the occupations', () => {
    const OCCUPATION = { 'O*NET-SOC Code': DAMAGED };

    test('in Windows-1252 costs the occupation, which is then not found, and its ratings', async () => {
      const release = new SmallRelease();
      const table = release.table(OCCUPATION_FILE);
      const lineNo = table.lineOf(OCCUPATION);
      table.replace(lineNo, Buffer.from(`${DAMAGED}\tCafé Owners\tSell coffee.`, 'latin1'));

      const report = await ingest(release);

      expect(await rejectedRows(report, OCCUPATION_FILE)).toEqual([
        {
          line_no: lineNo,
          reason_code: 'BAD_ENCODING',
          reason: 'The line is not valid UTF-8',
          raw: `${DAMAGED}\tCafé Owners\tSell coffee.`,
        },
      ]);
      expect(report.rejections).toMatchObject([
        { code: 'UNKNOWN_OCCUPATION', rows: 8 },
        { code: 'BAD_ENCODING', rows: 1 },
      ]);
      expect(report.rated).toBe(9);
      await app.activation.activate(report.releaseId);
      const served = await app.served();
      expect(() => gapByLevel(served, codeOf(0), DAMAGED)).toThrow(
        expect.objectContaining({ code: 'OCCUPATION_NOT_FOUND' }) as Error,
      );
    });

    test.each([
      ['with the code of an earlier one', `${codeOf(0)}\tOthers\tDo other things.`, 'DUPLICATE_KEY'],
      ['without a title', '55-1011.00\t\tDo things.', 'MISSING_VALUE'],
      ['without a description', '55-1011.00\tOthers\t ', 'MISSING_VALUE'],
      ['without a code', '\tOthers\tDo things.', 'BAD_CODE'],
      ['with a title that is too long', `55-1011.00\t${'x'.repeat(256)}\tDo things.`, 'VALUE_TOO_LONG'],
      ['with too few columns', '55-1011.00\tOthers', 'TOO_FEW_COLUMNS'],
    ])('%s is rejected alone', async (_, line, code) => {
      const release = new SmallRelease();
      const lineNo = release.table(OCCUPATION_FILE).append(line);

      const report = await ingest(release);

      expect(await rejectedRows(report, OCCUPATION_FILE)).toMatchObject([
        { line_no: lineNo, reason_code: code, raw: line },
      ]);
      expect(report.rejections).toMatchObject([{ code, rows: 1 }]);
      expect(report).toMatchObject({ activated: true, occupations: 12, rated: 10 });
      expect((await app.served()).occupations).toEqual(good.snapshot.occupations);
    });
  });

  describe('among the scales', () => {
    test.each([
      ['with the id of an earlier one', 'LV\tAnother level\t0\t100', 'DUPLICATE_KEY'],
      ['with an id that is too long', 'LONG\tLong\t0\t1', 'VALUE_TOO_LONG'],
      ['with a word for its minimum', 'AB\tAny\tlow\t1', 'NOT_A_NUMBER'],
      ['whose minimum is not below its maximum', 'AB\tAny\t5\t5', 'OUT_OF_SCALE'],
      ['without a name', 'AB\t\t0\t5', 'MISSING_VALUE'],
    ])('%s is rejected alone', async (_, line, code) => {
      const release = new SmallRelease();
      const lineNo = release.table(SCALE_FILE).append(line);

      const report = await ingest(release);

      expect(await rejectedRows(report, SCALE_FILE)).toMatchObject([{ line_no: lineNo, reason_code: code, raw: line }]);
      expect(report).toMatchObject({ activated: true, rated: 10 });
      expect((await app.served()).scales).toEqual(good.snapshot.scales);
    });
  });

  test('is reported by kind, the most frequent first, with the first of each as an example', async () => {
    const release = new SmallRelease();
    const bad = [1, 2, 3].map((occupation) =>
      skills(release).change({ 'O*NET-SOC Code': codeOf(occupation), 'Scale ID': 'IM' }, 'Data Value', '9'),
    );
    const unknown = skills(release).change(RATING, 'Scale ID', 'XX');

    const report = await ingest(release);

    expect(report.rejections).toEqual([
      {
        code: 'OUT_OF_SCALE',
        rows: 3,
        example: { sourceFile: SKILL_FILE, lineNo: bad[0], reason: 'Data Value 9 is outside scale IM, 1 to 5' },
      },
      {
        code: 'UNKNOWN_SCALE',
        rows: 1,
        example: {
          sourceFile: SKILL_FILE,
          lineNo: unknown,
          reason: 'Scale ID is "XX", not among the scales of the release',
        },
      },
    ]);
    expect(report.incomplete.toSorted()).toEqual([codeOf(1), codeOf(2), codeOf(3), DAMAGED]);
    const [run] = await app.query<{ counts: string }>('SELECT counts FROM ingestions WHERE id = ?', [
      report.ingestionId,
    ]);
    expect(JSON.parse(run?.counts ?? '')).toMatchObject({ [SKILL_FILE]: { landed: 80, normalised: 76, rejected: 4 } });
  });
});
