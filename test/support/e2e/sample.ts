import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where the bundled sample lies. */
export const SAMPLE_FOLDER = resolve(__dirname, '../../../data/sample');

type Row = Readonly<Record<string, string>>;

/** The bundled sample, read from its files in the plainest way there is: what the answers are compared with. */
export interface Sample {
  readonly occupations: readonly Row[];
  readonly scales: readonly Row[];
  /** Element ids and names, in the order of the file, which is O*NET's. */
  readonly skills: ReadonlyMap<string, string>;
  /** Codes that have ratings. */
  readonly rated: readonly string[];
  rating(code: string, elementId: string, scaleId: 'IM' | 'LV'): Row;
}

export function readSample(): Sample {
  const ratings = rowsOf('Skills.txt');
  const byKey = new Map(ratings.map((row) => [keyOf(row['O*NET-SOC Code'], row['Element ID'], row['Scale ID']), row]));
  return {
    occupations: rowsOf('Occupation Data.txt'),
    scales: rowsOf('Scales Reference.txt'),
    skills: new Map(ratings.map((row) => [row['Element ID'] ?? '', row['Element Name'] ?? ''])),
    rated: [...new Set(ratings.map((row) => row['O*NET-SOC Code'] ?? ''))],
    rating: (code, elementId, scaleId) => {
      const row = byKey.get(keyOf(code, elementId, scaleId));
      if (row === undefined) throw new Error(`The sample has no ${scaleId} of ${elementId} for ${code}`);
      return row;
    },
  };
}

function keyOf(...parts: readonly (string | undefined)[]): string {
  return parts.join(' ');
}

function rowsOf(file: string): Row[] {
  const [header = '', ...lines] = readFileSync(join(SAMPLE_FOLDER, file), 'utf8').trimEnd().split(/\r?\n/);
  const columns = header.split('\t');
  return lines.map((line) => {
    const fields = line.split('\t');
    return Object.fromEntries(columns.map((column, index) => [column, fields[index] ?? '']));
  });
}
