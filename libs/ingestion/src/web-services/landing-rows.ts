import type { OnetRow } from '@app/onet-client';
import { LANDING_COLUMNS, type LandingTable, type PulledTable } from '@app/normalization';

/** Rows of the Web Services in the form in which they are landed, and in which text files deliver them: as text. */
export function toLandingRows(name: string, landingTable: LandingTable, rows: readonly OnetRow[]): PulledTable {
  const columns: readonly string[] = LANDING_COLUMNS[landingTable];
  return { name, landingTable, rows: rows.map((row) => columns.map((column) => asText(row[column]))) };
}

/** The shortest text that reads as the same number is what JSON had. */
function asText(value: string | number | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
