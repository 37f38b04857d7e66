import { readdir, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ReleaseUnusableError } from '@app/normalization';
import { useTemporaryFolder } from '../../../../test/support/temporary-folder';
import { rejectionOf } from '../../../../test/support/thrown-by';
import { zipArchive } from '../../../../test/support/zip-archive';
import { openReleaseSource } from './open-release-source';
import type { ReleaseSource } from './release-source';

const NAME = 'db_30_1_text.zip';
const SCALES = 'Scale ID\tScale Name\tMinimum\tMaximum\r\nLV\tLevel\t0\t7\r\n';

describe('a release in a .zip archive', () => {
  const folder = useTemporaryFolder();
  const opened: ReleaseSource[] = [];

  afterEach(() => {
    for (const source of opened.splice(0)) source.close();
  });

  async function open(archive: Buffer): Promise<ReleaseSource> {
    const path = join(folder.path, NAME);
    await writeFile(path, archive);
    const source = await openReleaseSource(path);
    opened.push(source);
    return source;
  }

  /** Reads a file of an archive to its end. */
  async function read(archive: Buffer, file: string): Promise<string> {
    const source = await open(archive);
    const found = source.files.get(file);
    if (found === undefined) throw new Error(`There is no ${file}`);
    return text(await found.open());
  }

  it('is named after the archive', async () => {
    expect((await open(await zipArchive([['Skills.txt', 'x']]))).name).toBe(NAME);
  });

  it('finds the tables in the folder that O*NET puts them into', async () => {
    const source = await open(
      await zipArchive([
        ['db_30_1_text/Skills.txt', 'x'],
        ['db_30_1_text/Scales Reference.txt', SCALES],
      ]),
    );
    expect([...source.files.keys()].sort()).toEqual(['Scales Reference.txt', 'Skills.txt']);
  });

  it('finds the tables in a folder of a folder', async () => {
    const source = await open(await zipArchive([['onet/db_30_1_text/Skills.txt', 'x']]));
    expect([...source.files.keys()]).toEqual(['Skills.txt']);
  });

  it('finds the tables without any folder', async () => {
    const source = await open(await zipArchive([['Skills.txt', 'x']]));
    expect([...source.files.keys()]).toEqual(['Skills.txt']);
  });

  it('passes over what is no table, and what macOS adds to an archive', async () => {
    const source = await open(
      await zipArchive([
        ['db_30_1_text/Skills.txt', 'x'],
        ['db_30_1_text/Skills.xlsx', 'x'],
        ['__MACOSX/db_30_1_text/Skills.txt', 'x'],
      ]),
    );
    expect([...source.files.keys()]).toEqual(['Skills.txt']);
  });

  it('tells the length of a table unpacked', async () => {
    const source = await open(await zipArchive([['Scales Reference.txt', SCALES.repeat(100)]]));
    expect(source.files.get('Scales Reference.txt')?.size).toBe(SCALES.length * 100);
  });

  it.each([true, false])('reads the bytes of a table (compressed: %p)', async (compress) => {
    const archive = await zipArchive([['db_30_1_text/Scales Reference.txt', SCALES]], { compress });
    expect(await read(archive, 'Scales Reference.txt')).toBe(SCALES);
  });

  it('reads an empty table', async () => {
    expect(await read(await zipArchive([['Skills.txt', '']]), 'Skills.txt')).toBe('');
  });

  it('reads a table twice', async () => {
    const source = await open(await zipArchive([['Scales Reference.txt', SCALES]]));
    const file = source.files.get('Scales Reference.txt')!;
    expect([await text(await file.open()), await text(await file.open())]).toEqual([SCALES, SCALES]);
  });

  it('refuses an archive with the same table twice, since only one of them can be meant', async () => {
    const archive = await zipArchive([
      ['db_30_0_text/Skills.txt', 'x'],
      ['db_30_1_text/Skills.txt', 'y'],
    ]);
    await expect(open(archive)).rejects.toMatchObject({
      name: 'ReleaseUnusableError',
      message: `${NAME} holds more than one Skills.txt.`,
    });
  });

  it.each([
    ['a web page', Buffer.from('<!DOCTYPE html><title>Sorry</title>')],
    ['an empty file', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(4096)],
  ])('says of %s that it is no whole archive, and what to do', async (_what, content) => {
    const error = await rejectionOf(open(content));
    expect(error).toBeInstanceOf(ReleaseUnusableError);
    expect(error).toMatchObject({
      message: expect.stringMatching(
        /^db_30_1_text\.zip is not a whole \.zip archive \(.+\)\. Fetch it again\.$/,
      ) as string,
    });
  });

  it('says of an archive that is cut off anywhere that it is not whole', async () => {
    const archive = await zipArchive([['Skills.txt', SCALES.repeat(50)]]);
    const lengths = [1, 0.25, 0.5, 0.9].map((share) => Math.floor(archive.length * share) - 1);
    for (const length of lengths) {
      await expect(open(archive.subarray(0, length))).rejects.toThrow(ReleaseUnusableError);
    }
  });

  describe('of which one byte is wrong', () => {
    /** An archive, not compressed, with one bit of the byte at the beginning of `pattern` turned round. */
    async function withFault(pattern: string | Buffer): Promise<Buffer> {
      const archive = await zipArchive([['Scales Reference.txt', SCALES]], { compress: false });
      const place = archive.indexOf(pattern);
      archive.writeUInt8(archive.readUInt8(place) ^ 1, place);
      return archive;
    }

    it('fails at the end of the table where the byte is part of it', async () => {
      await expect(read(await withFault('Level'), 'Scales Reference.txt')).rejects.toMatchObject({
        name: 'ReleaseUnusableError',
        message: `${NAME} is not a whole .zip archive (Scales Reference.txt does not match its checksum). Fetch it again.`,
      });
    });

    it('fails where the byte is part of compressed content', async () => {
      const archive = await zipArchive([['Scales Reference.txt', SCALES.repeat(50)]]);
      const place = 30 + 'Scales Reference.txt'.length + 10;
      archive.writeUInt8(archive.readUInt8(place) ^ 0xff, place);
      await expect(read(archive, 'Scales Reference.txt')).rejects.toThrow(ReleaseUnusableError);
    });

    it('fails with the same sentence where the byte is part of what stands before the table', async () => {
      const localHeader = Buffer.from([0x50, 0x4b, 0x03, 0x04]);
      await expect(read(await withFault(localHeader), 'Scales Reference.txt')).rejects.toThrow(ReleaseUnusableError);
    });

    it('fails where the byte is part of the list of contents', async () => {
      const directoryEntry = Buffer.from([0x50, 0x4b, 0x01, 0x02]);
      await expect(open(await withFault(directoryEntry))).rejects.toThrow(ReleaseUnusableError);
    });
  });

  it.each([
    ['is encrypted', { offset: 6, value: 1 }],
    ['is compressed in a way that is not known here', { offset: 8, value: 9 }],
  ])('says of an archive of which a table %s that it cannot be used', async (_what, { offset, value }) => {
    const archive = await zipArchive([['Scales Reference.txt', SCALES.repeat(50)]]);
    // flags and method stand before the table, and two bytes further on in the list of contents
    archive.writeUInt16LE(value, archive.indexOf(Buffer.from([0x50, 0x4b, 0x03, 0x04])) + offset);
    archive.writeUInt16LE(value, archive.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02])) + offset + 2);
    await expect(read(archive, 'Scales Reference.txt')).rejects.toThrow(ReleaseUnusableError);
  });

  // only Linux lists the files that a process holds open
  const onLinux = process.platform === 'linux' ? it : it.skip;

  onLinux('lets go of the archive when it is closed, though a table was not read to its end', async () => {
    const source = await open(await zipArchive([['Skills.txt', SCALES.repeat(100_000)]], { compress: false }));
    const stream = await source.files.get('Skills.txt')!.open();
    for await (const chunk of stream) {
      if ((chunk as Buffer).length > 0) break;
    }
    stream.destroy();
    opened.pop()?.close();
    expect(await heldOpen(join(folder.path, NAME))).toBe(false);
  });

  describe('that is made to do harm', () => {
    const MB = 1024 ** 2;
    const directoryEntry = Buffer.from([0x50, 0x4b, 0x01, 0x02]);

    /** An archive whose list of contents says that its first entry unpacks to so many bytes. */
    async function saying(bytes: number, content: string): Promise<Buffer> {
      const archive = Buffer.from(await zipArchive([['Skills.txt', content]]));
      archive.writeUInt32LE(bytes, archive.indexOf(directoryEntry) + 24);
      return archive;
    }

    it('is refused where a table unpacks to far more than tables do', async () => {
      const bomb = await zipArchive([['Skills.txt', Buffer.alloc(20 * MB, 'a\tb\n')]]);

      expect(bomb.length).toBeLessThan(MB);
      await expect(open(bomb)).rejects.toThrow(
        new ReleaseUnusableError(
          `Skills.txt in ${NAME} unpacks to more than 100 times its size, so it is no O*NET table.`,
        ),
      );
    });

    it('is refused where it says that a table is larger than any', async () => {
      await expect(open(await saying(1024 * MB + 1, 'x'))).rejects.toThrow(/unpacks to more than 1 GiB/);
    });

    it.each([
      ['more', 5 * MB],
      ['less', 10],
    ])('fails where it says %s of a table than there is, with no more unpacked than it said', async (_, said) => {
      const archive = await saying(said, SCALES.repeat(1000));
      const source = await open(archive);
      let bytes = 0;

      const reading = (async () => {
        for await (const chunk of (await source.files.get('Skills.txt')?.open()) ?? [])
          bytes += (chunk as Buffer).length;
      })();

      await expect(reading).rejects.toThrow(/is not a whole \.zip archive/);
      expect(bytes).toBeLessThanOrEqual(said);
    });

    it('is not looked into for archives inside of it', async () => {
      const inner = await zipArchive([['Skills.txt', SCALES]]);
      const source = await open(await zipArchive([['inner.zip', inner]]));

      expect([...source.files.keys()]).toEqual([]);
    });

    it('is refused where it holds more files than any release', async () => {
      const archive = Buffer.from(await zipArchive([['Skills.txt', SCALES]]));
      const end = archive.indexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
      for (const offset of [8, 10]) archive.writeUInt16LE(10_001, end + offset);

      await expect(open(archive)).rejects.toThrow(/holds more than 10000 files/);
    });

    it.each(['../Skills.txt', '/etc/Skills.txt', 'a/../../Skills.txt', 'C:/Skills.txt', String.raw`..\Skills.txt`])(
      'is refused where the name of a file leads elsewhere: %s',
      async (path) => {
        // the maker of archives refuses such names as well: one of the same length is put in its place
        const harmless = 'x'.repeat(path.length - 4) + '.txt';
        const archive = await zipArchive([[harmless, SCALES]], { compress: false });
        const forged = Buffer.from(archive.toString('latin1').replaceAll(harmless, path), 'latin1');

        await expect(open(forged)).rejects.toThrow(/is not a whole \.zip archive/);
        expect(await readdir(folder.path)).toEqual([NAME]);
      },
    );
  });
});

/** Whether this process holds a file open, a moment after it should have been closed. */
async function heldOpen(path: string): Promise<boolean> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const descriptors = await readdir('/proc/self/fd');
    const files = await Promise.all(descriptors.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')));
    if (!files.includes(path)) return false;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return true;
}
