/** A table of the O*NET database, as the Web Services list it. */
export interface OnetTable {
  /** Such as `occupation_data`. */
  readonly id: string;
  readonly title: string;
}

/** A row as it was delivered: values by the names of columns. */
export type OnetRow = Readonly<Record<string, string | number | null>>;

/** Some rows of a table, one after the other. */
export interface OnetPage {
  /** Place of the first row among all that were asked for; the first of all is 1. */
  readonly start: number;
  /** Place of the last row. */
  readonly end: number;
  /** How many rows there are on all pages. */
  readonly total: number;
  readonly rows: readonly OnetRow[];
}

/** What must hold for a row. Texts are compared without regard to letter case. */
export interface OnetFilter {
  readonly column: string;
  /** As the Web Services name it: `eq`, `contains`, `startswith`, `lte`… */
  readonly operator: string;
  readonly value: string | number;
}

/** Which rows of a table, and in what order. */
export interface OnetRowsOptions {
  /** All of them must hold. */
  readonly filters?: readonly OnetFilter[];
  /** A column, with `.descending` behind it for the largest first. */
  readonly sort?: string;
  /** Place of the first row to be read; 1 by default. */
  readonly start?: number;
  /** Rows to ask for at a time: at most, and by default, 2,000. */
  readonly pageSize?: number;
  readonly signal: AbortSignal;
}
