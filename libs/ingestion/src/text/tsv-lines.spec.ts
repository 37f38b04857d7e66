import fc from 'fast-check';
import { readTsvLines, type TsvLine } from './tsv-lines';

/** More than the longest line that is read. */
const OVERLONG = 16 * 1024 + 1;

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');

/** The same bytes in pieces of the lengths given; the rest in one piece. */
function cut(content: Buffer, lengths: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let start = 0;
  for (const length of lengths) {
    chunks.push(content.subarray(start, start + length));
    start += length;
  }
  chunks.push(content.subarray(start));
  return chunks.filter((chunk) => chunk.length > 0);
}

const cutEvery = (content: Buffer, length: number): Buffer[] =>
  cut(content, new Array<number>(Math.floor(content.length / length)).fill(length));

async function* streamOf(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) {
    // a stream may use the memory of a chunk again once the next one is asked for
    const lent = Buffer.from(chunk);
    yield lent;
    lent.fill(0x2a);
    await Promise.resolve();
  }
}

async function linesOf(chunks: readonly Buffer[]): Promise<TsvLine[]> {
  const lines: TsvLine[] = [];
  for await (const batch of readTsvLines(streamOf(chunks), () => undefined)) lines.push(...batch);
  return lines;
}

const read = (text: string): Promise<TsvLine[]> => linesOf([bytes(text)]);

const lineEnd = fc.constantFrom('\r\n', '\n');

const field = fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replace(/[\t\r\n]/g, ''));

const validLine = fc.array(field, { minLength: 1, maxLength: 4 }).map((fields) => bytes(fields.join('\t')));

/** Bytes of whatever kind, so mostly no valid UTF-8. */
const anyLine = fc
  .uint8Array({ maxLength: 20 })
  .map((content) => Buffer.from(content.filter((byte) => byte !== 0x0a && byte !== 0x0d)));

const file = fc
  .tuple(
    fc.array(fc.tuple(fc.oneof(validLine, anyLine, fc.constant(Buffer.alloc(0))), lineEnd), { maxLength: 12 }),
    fc.oneof(validLine, fc.constant(Buffer.alloc(0))),
  )
  .map(([lines, last]) => Buffer.concat([...lines.flatMap(([line, end]) => [line, bytes(end)]), last]));

/** Lines as short sentences, for those that are too long to be looked at. */
function inShort(lines: readonly TsvLine[]): string[] {
  return lines.map((line) => {
    const what =
      'fault' in line ? `${line.fault} ${line.raw.slice(0, 10)}` : `${line.fields.join('\t').length} characters`;
    return `${line.lineNo}: ${what}`;
  });
}

describe('readTsvLines', () => {
  it('splits lines into fields', async () => {
    expect(await read('a\tb\r\n1\t2\r\n')).toEqual([
      { lineNo: 1, fields: ['a', 'b'] },
      { lineNo: 2, fields: ['1', '2'] },
    ]);
  });

  it('gives back the fields that were written, whatever characters they have', async () => {
    const row = fc.array(field, { minLength: 2, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.array(row), lineEnd, async (rows, end) => {
        const text = rows.map((fields) => fields.join('\t') + end).join('');
        expect(await read(text)).toEqual(rows.map((fields, index) => ({ lineNo: index + 1, fields })));
      }),
    );
  });

  it('finds the same lines however the bytes are cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(file, fc.array(fc.integer({ min: 1, max: 30 })), async (content, lengths) => {
        expect(await linesOf(cut(content, lengths))).toEqual(await linesOf([content]));
      }),
    );
  });

  it('finds the same lines byte by byte', async () => {
    await fc.assert(
      fc.asyncProperty(file, async (content) => {
        expect(await linesOf(cutEvery(content, 1))).toEqual(await linesOf([content]));
      }),
    );
  });

  it('reads nothing from no bytes', async () => {
    expect(await linesOf([])).toEqual([]);
  });

  it('takes line feeds for line ends as well as carriage return and line feed', async () => {
    expect(await read('a\tb\nc\td\r\ne\tf\n')).toEqual(await read('a\tb\r\nc\td\r\ne\tf\r\n'));
  });

  it('reads the last line also where it has no line end', async () => {
    expect(await read('a\tb\r\nc\td')).toEqual(await read('a\tb\r\nc\td\r\n'));
  });

  it('does not take the line end of the last line for one more line', async () => {
    expect(await read('a\r\n')).toEqual([{ lineNo: 1, fields: ['a'] }]);
  });

  it('keeps a carriage return that ends no line', async () => {
    expect(await read('a\rb\tc\r\n')).toEqual([{ lineNo: 1, fields: ['a\rb', 'c'] }]);
  });

  it('takes quotes for ordinary characters, also where they do not match', async () => {
    expect(await read('"a\tb"\r\n\'c\td""e\r\n')).toEqual([
      { lineNo: 1, fields: ['"a', 'b"'] },
      { lineNo: 2, fields: ["'c", 'd""e'] },
    ]);
  });

  it('keeps empty fields, also at the end of a line', async () => {
    expect(await read('a\t\t\r\n')).toEqual([{ lineNo: 1, fields: ['a', '', ''] }]);
  });

  it('passes over empty lines, but counts them', async () => {
    expect(await read('a\r\n\r\n\nb\r\n')).toEqual([
      { lineNo: 1, fields: ['a'] },
      { lineNo: 4, fields: ['b'] },
    ]);
  });

  it('puts a character of several bytes together that a chunk border cuts', async () => {
    const content = bytes('é\t€\t😀\r\n');
    const everywhere = [...content.keys()].slice(1);
    expect(await Promise.all(everywhere.map((border) => linesOf(cut(content, [border]))))).toEqual(
      everywhere.map(() => [{ lineNo: 1, fields: ['é', '€', '😀'] }]),
    );
  });

  it('tells all bytes, in order', async () => {
    const content = bytes('a\tb\r\nc\td\r\ne');
    const told: Buffer[] = [];
    const batches = readTsvLines(streamOf(cutEvery(content, 4)), (chunk) => told.push(Buffer.from(chunk)));
    while (!(await batches.next()).done);
    expect(Buffer.concat(told)).toEqual(content);
  });

  it('tells the bytes of a chunk before it gives the lines in them', async () => {
    const events: string[] = [];
    const chunks = [bytes('a\r\n'), bytes('b\r\n')];
    for await (const batch of readTsvLines(streamOf(chunks), (chunk) => events.push(`${chunk.length} bytes`))) {
      events.push(...batch.map(({ lineNo }) => `line ${lineNo}`));
    }
    expect(events).toEqual(['3 bytes', 'line 1', '3 bytes', 'line 2']);
  });

  describe('where a line is not valid UTF-8', () => {
    const faulty = Buffer.concat([bytes('a\té\r\n'), Buffer.from([0x62, 0x09, 0xe9, 0x0d, 0x0a]), bytes('c\té\r\n')]);

    it('reads the lines before and after it', async () => {
      const lines = await linesOf([faulty]);
      expect([lines[0], lines[2]]).toEqual([
        { lineNo: 1, fields: ['a', 'é'] },
        { lineNo: 3, fields: ['c', 'é'] },
      ]);
    });

    it('reports that line, with its bytes shown as Latin-1', async () => {
      expect((await linesOf([faulty]))[1]).toMatchObject({
        lineNo: 2,
        fault: 'BAD_ENCODING',
        raw: expect.stringMatching(/^b\té/) as string,
      });
    });

    it('reports a character that the end of the file cuts off', async () => {
      expect(await linesOf([bytes('a\r\n€').subarray(0, -1)])).toMatchObject([
        { lineNo: 1, fields: ['a'] },
        { lineNo: 2, fault: 'BAD_ENCODING' },
      ]);
    });
  });

  describe('where a line is longer than any O*NET row', () => {
    const long = 'x'.repeat(OVERLONG);

    it.each([100, 4096, 16 * 1024, OVERLONG, 64 * 1024])(
      'reports it once and goes on behind it, in chunks of %d bytes',
      async (length) => {
        const content = bytes(`a\tb\r\n${long}${long}${long}\r\n\r\nc\td\r\n`);
        expect(inShort(await linesOf(cutEvery(content, length)))).toEqual([
          '1: 3 characters',
          '2: LINE_TOO_LONG xxxxxxxxxx',
          '4: 3 characters',
        ]);
      },
    );

    it('reports two of them, one after the other, each in its line', async () => {
      expect(inShort(await linesOf(cutEvery(bytes(`${long}\r\n${long}\r\nc\r\n`), 4096)))).toEqual([
        '1: LINE_TOO_LONG xxxxxxxxxx',
        '2: LINE_TOO_LONG xxxxxxxxxx',
        '3: 1 characters',
      ]);
    });

    it('reports it at the end of a file without a final line end', async () => {
      expect(inShort(await linesOf(cutEvery(bytes(`a\r\n${long}${long}`), 4096)))).toEqual([
        '1: 1 characters',
        '2: LINE_TOO_LONG xxxxxxxxxx',
      ]);
    });

    it('shows no more than its beginning', async () => {
      const [line] = await linesOf(cutEvery(bytes(`begin${long}\r\n`), 4096));
      const raw = line !== undefined && 'fault' in line ? line.raw : '';
      expect({ beginning: raw.slice(0, 8), short: raw.length < 1000 }).toEqual({ beginning: 'beginxxx', short: true });
    });

    it('reads a line of the greatest length', async () => {
      const longest = 'x'.repeat(16 * 1024);
      expect(inShort(await linesOf([bytes(`${longest}\r\nb\r\n`)]))).toEqual([
        '1: 16384 characters',
        '2: 1 characters',
      ]);
    });

    it.each([
      ['of the greatest length, its line end cut in two', bytes(`${'x'.repeat(16 * 1024)}\r\nb\r\n`), 16 * 1024 + 1],
      ['that is too long in bytes only', bytes(`${'é'.repeat(16_000)}\r\nb\r\n`), 1000],
      ['that is too long, of characters of several bytes', bytes(`${'€'.repeat(OVERLONG)}\r\nb\r\n`), 1000],
      [
        'that is too long and not valid UTF-8',
        Buffer.concat([Buffer.alloc(2 * OVERLONG, 0xe9), bytes('\r\nb\r\n')]),
        1000,
      ],
    ])('says the same in one chunk and in many about a line %s', async (_what, content, length) => {
      expect(inShort(await linesOf(cutEvery(content, length)))).toEqual(inShort(await linesOf([content])));
    });
  });
});
