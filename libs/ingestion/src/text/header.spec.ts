import { thrownBy } from '../../../../test/support/thrown-by';
import { readHeader } from './header';
import type { TableSpec } from './release-tables';
import { readTsvLines, type TsvLine } from './tsv-lines';

const SPEC: TableSpec = {
  landingTable: 'landing_occupations',
  columns: { 'O*NET-SOC Code': 'onetsoc_code', Title: 'title', Description: 'description' },
};

const header = (...fields: string[]): TsvLine => ({ lineNo: 1, fields });

const readFields = (...fields: string[]): ReturnType<typeof readHeader> =>
  readHeader('Occupation Data.txt', header(...fields), SPEC);

/** The first line of a file with these bytes. */
async function firstLine(content: Buffer): Promise<TsvLine | undefined> {
  for await (const batch of readTsvLines([content] as unknown as AsyncIterable<Buffer>, () => undefined)) {
    if (batch.length > 0) return batch[0];
  }
  return undefined;
}

describe('readHeader', () => {
  it('finds every column where O*NET has it', () => {
    expect(readFields('O*NET-SOC Code', 'Title', 'Description')).toEqual({
      columns: ['onetsoc_code', 'title', 'description'],
      positions: [0, 1, 2],
      width: 3,
    });
  });

  it('finds columns that stand in another order', () => {
    expect(readFields('Description', 'O*NET-SOC Code', 'Title')).toMatchObject({
      columns: ['onetsoc_code', 'title', 'description'],
      positions: [1, 2, 0],
    });
  });

  it('counts columns that O*NET added, but does not read them', () => {
    expect(readFields('O*NET-SOC Code', 'Job Zone', 'Title', 'Description', 'Notes')).toEqual({
      columns: ['onetsoc_code', 'title', 'description'],
      positions: [0, 2, 3],
      width: 5,
    });
  });

  it('does not mind that a column it does not read comes twice', () => {
    expect(readFields('O*NET-SOC Code', 'Notes', 'Title', 'Notes', 'Description')).toMatchObject({
      positions: [0, 2, 4],
    });
  });

  it('passes over a byte order mark before the first name', () => {
    expect(readFields('\uFEFFO*NET-SOC Code', 'Title', 'Description')).toMatchObject({ positions: [0, 1, 2] });
  });

  it('passes over a byte order mark as it stands in a file', async () => {
    const line = await firstLine(Buffer.from('\uFEFFO*NET-SOC Code\tTitle\tDescription\r\n'));
    expect(readHeader('Occupation Data.txt', line, SPEC)).toMatchObject({ positions: [0, 1, 2] });
  });

  it('names the columns that are missing, and those it expects', () => {
    expect(thrownBy(() => readFields('O*NET-SOC Code', 'Job'))).toMatchObject({
      name: 'ReleaseUnusableError',
      message:
        'Occupation Data.txt has a wrong header: it lacks Title, Description. ' +
        'Expected, separated by tabs: O*NET-SOC Code, Title, Description.',
    });
  });

  it('names the column that comes twice', () => {
    expect(() => readFields('O*NET-SOC Code', 'Title', 'Description', 'Title')).toThrow(
      'Occupation Data.txt has a wrong header: it repeats Title.',
    );
  });

  it('does not guess that a name in other letter case is the same column', () => {
    expect(() => readFields('O*NET-SOC Code', 'TITLE', 'Description')).toThrow('it lacks Title.');
  });

  it('shows by the names expected that a file separated by commas is none', () => {
    expect(() => readFields('O*NET-SOC Code,Title,Description')).toThrow('separated by tabs');
  });

  it('says that an empty file is empty', () => {
    expect(thrownBy(() => readHeader('Occupation Data.txt', undefined, SPEC))).toMatchObject({
      name: 'ReleaseUnusableError',
      message: 'Occupation Data.txt is empty.',
    });
  });

  it.each([
    ['little', Buffer.from('\uFEFFO*NET-SOC Code\tTitle\tDescription\r\n', 'utf16le')],
    ['big', Buffer.from('\uFEFFO*NET-SOC Code\tTitle\tDescription\r\n', 'utf16le').swap16()],
  ])('says that a file in UTF-16 (%s endian) is UTF-16', async (_endian, content) => {
    const line = await firstLine(content);
    expect(thrownBy(() => readHeader('Occupation Data.txt', line, SPEC))).toMatchObject({
      name: 'ReleaseUnusableError',
      message: 'Occupation Data.txt is UTF-16, not UTF-8.',
    });
  });

  it('says that a file which begins with other bytes has no header', async () => {
    const line = await firstLine(Buffer.from([0x50, 0x4b, 0x03, 0x04, 0xff, 0x0a]));
    expect(thrownBy(() => readHeader('Occupation Data.txt', line, SPEC))).toMatchObject({
      name: 'ReleaseUnusableError',
      message: 'Occupation Data.txt does not begin with a readable header line.',
    });
  });
});
