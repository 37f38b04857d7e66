import {
  ANCHOR_FILE,
  ELEMENT_FILE,
  ESSENTIAL_FILE,
  OCCUPATION_FILE,
  SCALE_FILE,
  SKILL_FILE,
  TRANSFERABLE_FILE,
} from '../release-folder';
import type { Cells } from '../text-table';
import type { ReleaseFiles } from './release-files';
import {
  ANCHOR_TABLE,
  ELEMENT_TABLE,
  EMPTY_TABLES,
  ESSENTIAL_TABLE,
  OCCUPATION_TABLE,
  SCALE_TABLE,
  SKILL_TABLE,
  TRANSFERABLE_TABLE,
} from './table-definitions';
import {
  CODE_COLUMN,
  type OnetColumn,
  type OnetRow,
  OnetTable,
  type OnetTables,
  type OnetValue,
  type TableDefinition,
} from './tables';

/** Skills in one table, as up to release 30.2, or in two, as from 30.3 on. */
export type Layout = 'one' | 'two';

/** Values of columns that the text file of a table lacks, and the Web Services fill in from another table. */
type FilledIn = ReadonlyMap<string, (row: Cells) => OnetValue>;

/**
 * The tables that the Web Services would serve for a release.
 *
 * @param layout by default that of the release
 */
export function releaseTables(files: ReleaseFiles, layout?: Layout): OnetTables {
  const occupations = files.get(OCCUPATION_FILE) ?? [];
  const scales = files.get(SCALE_FILE) ?? [];
  const filledIn = namesOf(occupations, scales);
  const skills = (file: string): OnetRow[] => (files.get(file) ?? []).map((row) => toRow(SKILL_TABLE, row, filledIn));
  const ifThere = (file: string, definition: TableDefinition): OnetTable[] => {
    const rows = files.get(file);
    if (rows === undefined) return [];
    return [
      new OnetTable(
        definition,
        rows.map((row) => toRow(definition, row, filledIn)),
      ),
    ];
  };
  const served = layout ?? (files.has(SKILL_FILE) ? 'one' : 'two');
  const ratings = files.has(SKILL_FILE)
    ? skills(SKILL_FILE)
    : inCodeOrder([...skills(ESSENTIAL_FILE), ...skills(TRANSFERABLE_FILE)]);
  const part = (prefix: string): OnetRow[] => ratings.filter((row) => String(row['element_id']).startsWith(prefix));
  const tables = [
    new OnetTable(
      OCCUPATION_TABLE,
      occupations.map((row) => toRow(OCCUPATION_TABLE, row)),
    ),
    new OnetTable(
      SCALE_TABLE,
      scales.map((row) => toRow(SCALE_TABLE, row)),
    ),
    ...(served === 'one'
      ? [new OnetTable(SKILL_TABLE, ratings)]
      : [new OnetTable(ESSENTIAL_TABLE, part('2.A.')), new OnetTable(TRANSFERABLE_TABLE, part('2.B.'))]),
    ...ifThere(ELEMENT_FILE, ELEMENT_TABLE),
    ...ifThere(ANCHOR_FILE, ANCHOR_TABLE),
    ...EMPTY_TABLES.map((definition) => new OnetTable(definition, [])),
  ];
  const byId = (one: OnetTable, other: OnetTable): number =>
    one.definition.tableId < other.definition.tableId ? -1 : 1;
  return new Map(tables.sort(byId).map((table) => [table.definition.tableId, table]));
}

function namesOf(occupations: readonly Cells[], scales: readonly Cells[]): FilledIn {
  const titles = new Map(occupations.map((row) => [row['O*NET-SOC Code'], row['Title']]));
  const scaleNames = new Map(scales.map((row) => [row['Scale ID'], row['Scale Name']]));
  return new Map([
    ['title', (row: Cells) => titles.get(row['O*NET-SOC Code']) ?? null],
    ['scale_name', (row: Cells) => scaleNames.get(row['Scale ID']) ?? null],
  ]);
}

/** Sorts by occupation only: within one, the essential skills come before the transferable ones already. */
function inCodeOrder(rows: OnetRow[]): OnetRow[] {
  const code = (row: OnetRow): string => String(row[CODE_COLUMN]);
  return rows.sort((one, other) => (code(one) < code(other) ? -1 : code(one) > code(other) ? 1 : 0));
}

function toRow({ columns }: TableDefinition, row: Cells, filledIn?: FilledIn): OnetRow {
  const values: Record<string, OnetValue> = {};
  for (const column of columns) {
    const text = row[column.title];
    values[column.columnId] =
      text === undefined ? (filledIn?.get(column.columnId)?.(row) ?? null) : toValue(column, text);
  }
  return values;
}

function toValue({ type }: OnetColumn, text: string): OnetValue {
  if (text === 'n/a' || text === '') return null;
  switch (type) {
    case 'Text':
      return text;
    case 'Number': {
      // a figure that a test has damaged is passed on as it is
      const value = Number(text);
      return Number.isNaN(value) ? text : value;
    }
    case 'Date':
      return text.replace(/^(\d\d)\/(\d{4})$/, '$2-$1-01');
  }
}
