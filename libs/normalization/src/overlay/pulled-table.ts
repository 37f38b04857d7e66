import type { LandedValue } from '../rules/values';
import { LANDING_COLUMNS, type LandingTable } from '../table-targets';

/** Rows of a table of the Web Services about one occupation, in the form in which they are landed. */
export interface PulledTable {
  /** Name of the table there; it stands where text releases have the name of the file. */
  readonly name: string;
  readonly landingTable: LandingTable;
  /** Values in the order of the landing table's columns ({@link LANDING_COLUMNS}). */
  readonly rows: readonly (readonly LandedValue[])[];
}

/** The rows as they stand in their landing table; the place in the answer is the line, from 1. */
export function landedRows<Landed>({ name, landingTable, rows }: PulledTable): Landed[] {
  const columns: readonly string[] = LANDING_COLUMNS[landingTable];
  return rows.map((values, index) => {
    const cells = Object.fromEntries(columns.map((column, at) => [column, values[at] ?? null]));
    return { ...cells, source_file: name, line_no: index + 1 } as Landed;
  });
}
