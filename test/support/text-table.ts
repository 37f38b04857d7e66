/** Cells of a row by the header's column names. */
export type Cells = Readonly<Record<string, string>>;

/** A tab-separated file in the making; the header is line 1. */
export class TextTable {
  private readonly columns: readonly string[];
  private readonly lines: (string | Buffer)[];

  constructor(columns: readonly string[], rows: readonly (readonly string[])[]) {
    this.columns = columns;
    this.lines = [columns, ...rows].map((cells) => cells.join('\t'));
  }

  /** Number of rows, the header not among them. */
  get rowCount(): number {
    return this.lines.length - 1;
  }

  /** Number of the first line with these cells. */
  lineOf(cells: Cells): number {
    const found = this.lines.findIndex(this.matcher(cells));
    if (found < 1) throw new Error(`No row has ${JSON.stringify(cells)}`);
    return found + 1;
  }

  /** The text of a line, without its end. */
  line(lineNo: number): string {
    return this.rawLine(lineNo).toString();
  }

  /** Puts another value into a cell of the first row with these cells; returns its line number. */
  change(cells: Cells, column: string, value: string): number {
    const lineNo = this.lineOf(cells);
    const fields = this.line(lineNo).split('\t');
    fields[this.indexOf(column)] = value;
    this.replace(lineNo, fields.join('\t'));
    return lineNo;
  }

  replace(lineNo: number, line: string | Buffer): void {
    this.rawLine(lineNo);
    this.lines[lineNo - 1] = line;
  }

  /** Adds a line at the end; returns its number. */
  append(line: string): number {
    return this.lines.push(line);
  }

  /** Takes out the rows that have these cells. */
  remove(cells: Cells): void {
    const wanted = this.matcher(cells);
    const kept = this.lines.filter((line, index) => index === 0 || !wanted(line));
    this.lines.splice(0, this.lines.length, ...kept);
  }

  /** Every row as an object. */
  rows(): Cells[] {
    return this.lines.slice(1).map((line) => {
      const fields = line.toString().split('\t');
      return Object.fromEntries(this.columns.map((column, index) => [column, fields[index] ?? '']));
    });
  }

  /** As published: CRLF after every line. */
  bytes(): Buffer {
    return Buffer.concat(this.lines.flatMap((line) => [Buffer.from(line), Buffer.from('\r\n')]));
  }

  private matcher(cells: Cells): (line: string | Buffer) => boolean {
    const wanted = Object.entries(cells).map(([column, value]) => [this.indexOf(column), value] as const);
    return (line) => {
      const fields = line.toString().split('\t');
      return wanted.every(([index, value]) => fields[index] === value);
    };
  }

  private rawLine(lineNo: number): string | Buffer {
    const line = this.lines[lineNo - 1];
    if (line === undefined) throw new Error(`There is no line ${lineNo}`);
    return line;
  }

  private indexOf(column: string): number {
    const index = this.columns.indexOf(column);
    if (index < 0) throw new Error(`There is no column ${column}`);
    return index;
  }
}
