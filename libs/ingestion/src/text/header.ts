import { ReleaseUnusableError } from '@app/normalization';
import type { TableSpec } from './release-tables';
import type { TsvLine } from './tsv-lines';

/** Where in a line the columns of the landing table stand. */
export interface HeaderLayout {
  /** Columns of the landing table, in the order of `positions`. */
  readonly columns: readonly string[];
  readonly positions: readonly number[];
  /** Fields of every line, columns that are not known to us included. */
  readonly width: number;
}

/**
 * Reads the header line. Columns may stand in any order, and O*NET may add some; none may be missing.
 *
 * @throws ReleaseUnusableError that says what the header should be
 */
export function readHeader(file: string, line: TsvLine | undefined, spec: TableSpec): HeaderLayout {
  const expected = Object.keys(spec.columns);
  if (line === undefined) throw new ReleaseUnusableError(`${file} is empty.`);
  if ('fault' in line) {
    const why = /^(ÿþ|þÿ)/.test(line.raw) ? 'is UTF-16, not UTF-8' : 'does not begin with a readable header line';
    throw new ReleaseUnusableError(`${file} ${why}.`);
  }
  const names = line.fields.map((name, index) => (index === 0 ? name.replace(/^\uFEFF/, '') : name));
  const missing = expected.filter((name) => !names.includes(name));
  const repeated = expected.filter((name) => names.indexOf(name) !== names.lastIndexOf(name));
  if (missing.length > 0 || repeated.length > 0) {
    const what = missing.length > 0 ? `lacks ${missing.join(', ')}` : `repeats ${repeated.join(', ')}`;
    throw new ReleaseUnusableError(
      `${file} has a wrong header: it ${what}. Expected, separated by tabs: ${expected.join(', ')}.`,
    );
  }
  return {
    columns: Object.values(spec.columns),
    positions: expected.map((name) => names.indexOf(name)),
    width: names.length,
  };
}
