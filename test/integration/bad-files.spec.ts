import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ReleaseUnusableError } from '@app/normalization';
import { describeOnEveryDatabase } from '../support/databases';
import { IngestionApp } from '../support/ingestion-app';
import {
  ESSENTIAL_FILE,
  OCCUPATION_FILE,
  SCALE_FILE,
  SKILL_FILE,
  SmallRelease,
  TRANSFERABLE_FILE,
} from '../support/release-folder';
import { rowsOfOtherReleases, servedState, type ServedState } from '../support/served-state';
import { useTemporaryFolder } from '../support/temporary-folder';

describeOnEveryDatabase('A release that cannot be used', (database) => {
  const folder = useTemporaryFolder();
  let app: IngestionApp;
  let before: ServedState;
  let runsBefore: number;

  // one database serves all tests, since a refused release changes nothing; where one did, the next test gets another
  let openApp = true;

  beforeEach(async () => {
    if (openApp) {
      app = await IngestionApp.open(await database.create());
      await app.ingest(await new SmallRelease().writeFolder(join(folder.path, '30.1')));
    }
    before = await servedState(app);
    runsBefore = await app.count('ingestions');
  });

  afterEach(async () => {
    openApp = (await app.releases()).length !== 1;
    if (openApp) await app.close();
  });

  afterAll(async () => {
    if (!openApp) await app.close();
  });

  /** Ingesting it fails with this message, which is recorded, and what was served is served on. */
  const expectRefused = async (path: string, message: RegExp): Promise<void> => {
    const failure: unknown = await app.ingest(path).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(ReleaseUnusableError);
    expect((failure as Error).message).toMatch(message);
    expect(await servedState(app)).toEqual(before);
    expect(await app.releases()).toHaveLength(1);
    expect(await rowsOfOtherReleases(app)).toBe(0);
    const runs = await app.query<{ state: string; error: string; finished_at: unknown }>(
      `SELECT j.error_detail AS error, j.finished_at FROM ingestions i JOIN jobs j ON j.id = i.id
        WHERE j.state = 'failed' AND i.release_id IS NULL`,
    );
    expect(await app.count('ingestions')).toBe(runsBefore + 1);
    expect(runs.filter(({ error, finished_at: finished }) => message.test(error) && finished !== null)).not.toEqual([]);
    expect(await app.count('jobs', `state = 'active'`)).toBe(0);
  };

  const write = (release: SmallRelease): Promise<string> => release.writeFolder(join(folder.path, '30.2'));

  const twoFiles = (): SmallRelease => new SmallRelease({ layout: 'two skill files' });

  test.each([
    [OCCUPATION_FILE, () => new SmallRelease(), /lacks Occupation Data\.txt\./],
    [SCALE_FILE, () => new SmallRelease(), /lacks Scales Reference\.txt\./],
    [
      SKILL_FILE,
      () => new SmallRelease(),
      /lacks Skills\.txt \(or, from release 30\.3 on, Essential Skills\.txt and T/,
    ],
    [ESSENTIAL_FILE, twoFiles, /lacks Essential Skills\.txt\./],
    [TRANSFERABLE_FILE, twoFiles, /lacks Transferable Skills\.txt\./],
  ])('is refused when %s is missing', async (file, release, message) => {
    await expectRefused(await write(release().removeFile(file)), message);
  });

  test('is refused when it has the skills in both layouts', async () => {
    const release = new SmallRelease().putFile(ESSENTIAL_FILE, twoFiles().bytes(ESSENTIAL_FILE));

    await expectRefused(await write(release), /holds both layouts of the skills/);
  });

  test('is refused when the folder is empty', async () => {
    const path = join(folder.path, 'empty');
    await mkdir(path);

    await expectRefused(
      path,
      /empty is no O\*NET text release: it lacks Occupation Data\.txt, Scales Reference\.txt, S/,
    );
  });

  test('is refused when there is nothing at its path', async () => {
    await expectRefused(join(folder.path, 'nowhere'), /There is no readable folder or \.zip at .*nowhere/);
  });

  test('keeps to itself where on the machine that was', async () => {
    await app.ingest(join(folder.path, 'hidden')).catch(() => undefined);

    const [job] = await app.query<{ error_detail: string }>(
      `SELECT error_detail FROM jobs WHERE error_detail LIKE '%hidden%'`,
    );
    expect(job).toEqual({ error_detail: 'There is no readable folder or .zip at hidden.' });
  });

  test.each([
    [OCCUPATION_FILE, 'Title'],
    [SCALE_FILE, 'Maximum'],
    [SKILL_FILE, 'Data Value'],
  ])('is refused when the header of %s calls a column otherwise', async (file, column) => {
    const release = new SmallRelease();
    const table = release.table(file);
    table.replace(1, table.line(1).replace(column, 'Something'));

    await expectRefused(
      await write(release),
      new RegExp(`^${file} has a wrong header: it lacks ${column}\\. Expected, separated by tabs: `),
    );
  });

  test('is refused when a header has a column twice', async () => {
    const release = new SmallRelease();
    const table = release.table(SCALE_FILE);
    table.replace(1, `${table.line(1)}\tMinimum`);

    await expectRefused(await write(release), /Scales Reference\.txt has a wrong header: it repeats Minimum/);
  });

  test('is refused when a file has no header but starts with a row', async () => {
    const release = new SmallRelease();
    const text = release.bytes(SKILL_FILE).toString();
    release.putFile(SKILL_FILE, Buffer.from(text.slice(text.indexOf('\n') + 1)));

    await expectRefused(await write(release), /Skills\.txt has a wrong header: it lacks O\*NET-SOC Code/);
  });

  test.each([',', ';'])('is refused when a file is separated by "%s" instead of tabs', async (separator) => {
    const release = new SmallRelease();
    release.putFile(SKILL_FILE, Buffer.from(release.bytes(SKILL_FILE).toString().replaceAll('\t', separator)));

    await expectRefused(await write(release), /Skills\.txt has a wrong header.*separated by tabs/);
  });

  test.each([OCCUPATION_FILE, SCALE_FILE, SKILL_FILE])('is refused when %s is empty', async (file) => {
    await expectRefused(
      await write(new SmallRelease().putFile(file, Buffer.alloc(0))),
      new RegExp(`^${file} is empty\\.$`),
    );
  });

  test.each([OCCUPATION_FILE, SCALE_FILE, SKILL_FILE])('is refused when %s has a header only', async (file) => {
    const release = new SmallRelease();
    release.putFile(file, Buffer.from(`${release.table(file).line(1)}\r\n`));

    await expectRefused(await write(release), new RegExp(`^${file} has no usable row\\.$`));
  });

  test('is refused when one of two skill files is empty', async () => {
    await expectRefused(
      await write(twoFiles().putFile(TRANSFERABLE_FILE, Buffer.alloc(0))),
      /^Transferable Skills\.txt is empty/,
    );
  });

  test.each([OCCUPATION_FILE, SCALE_FILE, SKILL_FILE])('is refused when %s is in UTF-16', async (file) => {
    const release = new SmallRelease();
    const content = Buffer.from(`\uFEFF${release.bytes(file).toString()}`, 'utf16le');

    await expectRefused(await write(release.putFile(file, content)), new RegExp(`^${file} is UTF-16, not UTF-8\\.$`));
  });

  test('is refused when a file is in big-endian UTF-16', async () => {
    const release = new SmallRelease();
    const content = Buffer.from(`\uFEFF${release.bytes(SKILL_FILE).toString()}`, 'utf16le').swap16();

    await expectRefused(await write(release.putFile(SKILL_FILE, content)), /^Skills\.txt is UTF-16/);
  });

  test('is refused when a file is in UTF-16 without a byte order mark', async () => {
    const release = new SmallRelease();
    const content = Buffer.from(release.bytes(SKILL_FILE).toString(), 'utf16le');

    await expectRefused(await write(release.putFile(SKILL_FILE, content)), /^Skills\.txt has a wrong header/);
  });

  test('is refused when a file is something else altogether', async () => {
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 97) % 256));

    await expectRefused(
      await write(new SmallRelease().putFile(SKILL_FILE, bytes)),
      /^Skills\.txt (does not begin with a readable header line|has a wrong header)/,
    );
  });

  test('is refused when a file is one endless line', async () => {
    const release = new SmallRelease().putFile(SKILL_FILE, Buffer.alloc(600_000, 'x'));

    await expectRefused(await write(release), /^Skills\.txt does not begin with a readable header line\.$/);
  });

  describe('as an archive', () => {
    const archive = (): Promise<string> => new SmallRelease({ rated: 200 }).writeZip(join(folder.path, '30.2.zip'));

    test.each([
      ['its last byte', (bytes: Buffer) => bytes.subarray(0, -1)],
      ['its directory', (bytes: Buffer) => bytes.subarray(0, -200)],
      ['its second half', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
      ['all but its first bytes', (bytes: Buffer) => bytes.subarray(0, 10)],
      ['everything', () => Buffer.alloc(0)],
    ])('is refused when it lacks %s', async (_, cut) => {
      const path = await archive();
      await writeFile(path, cut(await readFile(path)));

      await expectRefused(path, /^30\.2\.zip is not a whole \.zip archive \(.+\)\. Fetch it again\.$/);
    });

    test('is refused when its content is damaged in the middle', async () => {
      const path = await archive();
      const bytes = await readFile(path);
      const middle = Math.floor(bytes.length / 2);
      bytes.fill(0x55, middle, middle + 64);
      await writeFile(path, bytes);

      await expectRefused(path, /^30\.2\.zip is not a whole \.zip archive \(.+\)\. Fetch it again\.$/);
    });

    test('is refused when a single digit in it was changed', async () => {
      const path = await new SmallRelease().writeZip(join(folder.path, '30.2.zip'), { compress: false });
      const bytes = await readFile(path);
      bytes.write('6', bytes.indexOf('\tLV\t') + 4);
      await writeFile(path, bytes);

      await expectRefused(path, /^30\.2\.zip .*\(Skills\.txt does not match its checksum\)\. Fetch it again\.$/);
    });

    test('is refused when it is a text with the name of an archive', async () => {
      const path = join(folder.path, '30.2.zip');
      await writeFile(path, '<html><body>Not found</body></html>');

      await expectRefused(path, /^30\.2\.zip is not a whole \.zip archive/);
    });

    test('is refused when it lacks a table', async () => {
      const path = await new SmallRelease().removeFile(SCALE_FILE).writeZip(join(folder.path, '30.2.zip'));

      await expectRefused(path, /^30\.2\.zip is no O\*NET text release: it lacks Scales Reference\.txt\.$/);
    });
  });

  describe('because of a whole table', () => {
    /** Puts a value into every row of a table. */
    const changeAll = (file: string, column: string, value: string): SmallRelease => {
      const release = new SmallRelease();
      const table = release.table(file);
      for (const row of table.rows()) table.change(row, column, value);
      return release;
    };

    test('is refused when no occupation has a code', async () => {
      await expectRefused(
        await write(changeAll(OCCUPATION_FILE, 'O*NET-SOC Code', '11.1011')),
        /^The release lists no usable occupation\.$/,
      );
    });

    test.each(['IM', 'LV'])('is refused when it has no scale %s', async (scale) => {
      const release = new SmallRelease();
      release.table(SCALE_FILE).remove({ 'Scale ID': scale });

      await expectRefused(await write(release), new RegExp(`^The release has no usable scale ${scale}\\.$`));
    });

    test('is refused when no scale has a range', async () => {
      await expectRefused(
        await write(changeAll(SCALE_FILE, 'Maximum', 'high')),
        /^The release has no usable scale IM\.$/,
      );
    });

    test('is refused when the ratings are of something other than skills', async () => {
      await expectRefused(
        await write(changeAll(SKILL_FILE, 'Element ID', '2.C.1.a')),
        /^The release has no usable skill ratings: no row has a skill element/,
      );
    });

    test.each([
      ['of unknown occupations', 'O*NET-SOC Code', '99-9999.00'],
      ['on an unknown scale', 'Scale ID', 'XX'],
      ['no numbers', 'Data Value', 'high'],
      ['beyond their scale', 'Data Value', '8.00'],
    ])('is refused when all ratings are %s', async (_, column, value) => {
      await expectRefused(
        await write(changeAll(SKILL_FILE, column, value)),
        /^No occupation of the release is rated on every skill \(4 skills, levels and importances\)\.$/,
      );
    });

    test('is refused when no row of ratings has all columns', async () => {
      const release = new SmallRelease();
      const [header = '', ...rows] = release.bytes(SKILL_FILE).toString().split('\r\n');
      const text = [header, ...rows.map((row) => row.slice(0, row.lastIndexOf('\t')))].join('\r\n');

      await expectRefused(
        await write(release.putFile(SKILL_FILE, Buffer.from(text))),
        /^Skills\.txt has no usable row\. 80 lines were rejected\.$/,
      );
    });

    test('is refused when the levels are missing throughout', async () => {
      const release = new SmallRelease();
      release.table(SKILL_FILE).remove({ 'Scale ID': 'LV' });

      await expectRefused(await write(release), /^No occupation of the release is rated on every skill/);
    });
  });

  test.each(['', '30 1', '../30.1', 'x'.repeat(33)])(
    'is refused when its version is given as "%s"',
    async (version) => {
      const path = await write(new SmallRelease());

      await expect(app.ingest(path, { release: version })).rejects.toThrow(`"${version}" cannot name a release`);
      expect(await servedState(app)).toEqual(before);
      expect(await app.count('ingestions')).toBe(runsBefore);
    },
  );

  test('does not stand in the way of the next good one', async () => {
    const bad = await write(new SmallRelease().removeFile(SKILL_FILE));
    await app.ingest(bad).catch(() => undefined);

    const report = await app.ingest(await new SmallRelease({ edition: 1 }).writeFolder(join(folder.path, '30.3')));

    expect(report).toMatchObject({ activated: true, version: '30.3', rejections: [] });
    expect((await app.served()).release.version).toBe('30.3');
  });
});
