export type OnetValue = string | number | null;

/** A row as the Web Services give it: column names of O*NET, JSON numbers for figures, ISO dates. */
export type OnetRow = Readonly<Record<string, OnetValue>>;

/** The kinds of columns that O*NET tells apart; they decide which operators a filter may use. */
export type ColumnType = 'Text' | 'Number' | 'Date';

export interface OnetColumn {
  readonly columnId: string;
  /** Name of the column in the text release. */
  readonly title: string;
  readonly type: ColumnType;
}

export interface TableDefinition {
  readonly tableId: string;
  readonly title: string;
  readonly description: string;
  readonly columns: readonly OnetColumn[];
}

export const CODE_COLUMN = 'onetsoc_code';

/** A table as it is served; never changed, only replaced. */
export class OnetTable {
  readonly definition: TableDefinition;
  readonly rows: readonly OnetRow[];
  private byCode: ReadonlyMap<string, readonly OnetRow[]> | null = null;

  constructor(definition: TableDefinition, rows: readonly OnetRow[]) {
    this.definition = definition;
    this.rows = rows;
  }

  column(columnId: string): OnetColumn | undefined {
    return this.definition.columns.find((column) => column.columnId === columnId);
  }

  /** Rows of an occupation, in the order of the table. */
  rowsOf(code: string): readonly OnetRow[] {
    this.byCode ??= groupByCode(this.rows);
    return this.byCode.get(code) ?? [];
  }
}

export type OnetTables = ReadonlyMap<string, OnetTable>;

function groupByCode(rows: readonly OnetRow[]): ReadonlyMap<string, readonly OnetRow[]> {
  const groups = new Map<string, OnetRow[]>();
  for (const row of rows) {
    const code = String(row[CODE_COLUMN]);
    const group = groups.get(code);
    if (group === undefined) groups.set(code, [row]);
    else group.push(row);
  }
  return groups;
}
