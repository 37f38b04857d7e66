import { isUtf8 } from 'node:buffer';

/** A line of a tab-separated file; the file's first line is number 1. */
export type TsvLine =
  | { readonly lineNo: number; readonly fields: readonly string[] }
  | { readonly lineNo: number; readonly fault: 'BAD_ENCODING' | 'LINE_TOO_LONG'; readonly raw: string };

/** O*NET's longest line has about 2 kB. A file without line ends must not end up in memory. */
const MAX_LINE_BYTES = 16 * 1024;
const RAW_OF_A_LONG_LINE = 400;
const LINE_FEED = 0x0a;

/**
 * Splits a stream into lines and fields, batch by batch, holding no more than one chunk of it. O*NET's files know no
 * quoting. Empty lines are passed over.
 *
 * @param onBytes told the bytes of every chunk before its lines are yielded
 */
export async function* readTsvLines(
  stream: AsyncIterable<Buffer>,
  onBytes: (chunk: Buffer) => void,
): AsyncGenerator<TsvLine[]> {
  let rest: Buffer = Buffer.alloc(0);
  let lineNo = 0;
  let overlong: string | null = null;

  const take = (block: Buffer): TsvLine[] => {
    const lines: TsvLine[] = [];
    for (const line of decode(block)) {
      lineNo++;
      if (overlong !== null) {
        lines.push({ lineNo, fault: 'LINE_TOO_LONG', raw: overlong });
        overlong = null;
      } else if (line.fault !== null) {
        lines.push({ lineNo, fault: line.fault, raw: line.text });
      } else if (line.text !== '') {
        lines.push({ lineNo, fields: line.text.split('\t') });
      }
    }
    return lines;
  };

  for await (const chunk of stream) {
    onBytes(chunk);
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) {
      const block = rest.length > 0 ? Buffer.concat([rest, chunk.subarray(0, end)]) : chunk.subarray(0, end);
      rest = Buffer.from(chunk.subarray(end));
      yield take(block);
    } else if (overlong === null) {
      rest = Buffer.concat([rest, chunk]);
    }
    if (rest.length > MAX_LINE_BYTES + 1) {
      overlong ??= rest.toString('latin1', 0, RAW_OF_A_LONG_LINE);
      rest = Buffer.alloc(0);
    }
  }
  // a line end is added to what the last line lacks one, so that every line goes the same way
  if (rest.length > 0 || overlong !== null) yield take(Buffer.concat([rest, Buffer.of(LINE_FEED)]));
}

interface DecodedLine {
  readonly text: string;
  readonly fault: 'BAD_ENCODING' | 'LINE_TOO_LONG' | null;
}

/** The lines of a block that ends with a line feed. */
function decode(block: Buffer): DecodedLine[] {
  if (isUtf8(block)) {
    const lines = block.toString('utf8').split('\n');
    lines.pop();
    // a character has at most three bytes a UTF-16 unit, so most lines are short enough beyond doubt
    return lines.map((line) =>
      line.length * 3 > MAX_LINE_BYTES
        ? decodedLine(Buffer.from(line))
        : { text: line.endsWith('\r') ? line.slice(0, -1) : line, fault: null },
    );
  }
  const lines: DecodedLine[] = [];
  let start = 0;
  for (let end = block.indexOf(LINE_FEED); end >= 0; end = block.indexOf(LINE_FEED, start)) {
    const line = block.subarray(start, end);
    lines.push(decodedLine(line));
    start = end + 1;
  }
  return lines;
}

function decodedLine(line: Buffer): DecodedLine {
  const content = line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
  if (content.length > MAX_LINE_BYTES)
    return { text: content.toString('latin1', 0, RAW_OF_A_LONG_LINE), fault: 'LINE_TOO_LONG' };
  if (!isUtf8(content)) return { text: content.toString('latin1'), fault: 'BAD_ENCODING' };
  return { text: content.toString('utf8'), fault: null };
}
