import { compareValues, type Filter, parseFilter } from './filters';
import { QueryError } from './query-error';
import type { OnetRow, OnetTable } from './tables';

export const ROWS_BY_DEFAULT = 20;
export const ROWS_AT_MOST = 2000;

type RowOrder = (one: OnetRow, other: OnetRow) => number;

/** Which rows of a table are asked for. */
export interface RowQuery {
  /** First and last row of the page, counted from 1. */
  readonly start: number;
  readonly end: number;
  readonly filters: readonly Filter[];
  readonly orders: readonly RowOrder[];
}

/** @throws QueryError for what O*NET answers with 422 */
export function parseRowQuery(query: URLSearchParams, table: OnetTable): RowQuery {
  const start = wholeNumber(query, 'start') ?? 1;
  const end = wholeNumber(query, 'end') ?? start + ROWS_BY_DEFAULT - 1;
  if (start < 1) throw new QueryError('The parameter "start" must be at least 1.');
  if (end < start) throw new QueryError('The parameter "end" must not be less than "start".');
  if (end - start >= ROWS_AT_MOST) throw new QueryError(`At most ${ROWS_AT_MOST} rows can be requested at once.`);
  return {
    start,
    end,
    filters: query.getAll('filter').map((filter) => parseFilter(filter, table)),
    orders: query.getAll('sort').map((sort) => parseSort(sort, table)),
  };
}

/** Every row that matches, in the order asked for or else in that of the table. */
export function selectRows(table: OnetTable, { filters, orders }: RowQuery): readonly OnetRow[] {
  const code = filters.find((filter) => filter.code !== null)?.code ?? null;
  const candidates = code === null ? table.rows : table.rowsOf(code);
  const matching =
    filters.length === 0 ? candidates : candidates.filter((row) => filters.every(({ matches }) => matches(row)));
  if (orders.length === 0) return matching;
  return [...matching].sort((one, other) => {
    for (const order of orders) {
      const result = order(one, other);
      if (result !== 0) return result;
    }
    return 0;
  });
}

function wholeNumber(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new QueryError(`The parameter "${name}" must be a whole number.`);
}

function parseSort(text: string, table: OnetTable): RowOrder {
  const [columnId = '', direction] = text.split(/\.(.*)/s);
  if (table.column(columnId) === undefined) throw new QueryError(`The sort column "${columnId}" is unknown.`);
  if (direction !== undefined && direction !== 'descending') {
    throw new QueryError(`The sort direction "${direction}" is unknown.`);
  }
  const sign = direction === undefined ? 1 : -1;
  return (one, other) => sign * compareValues(one[columnId] ?? null, other[columnId] ?? null);
}
