import type { RowRange } from '../answers/page';
import type { OnetRowsOptions } from '../onet-types';

/** What is asked of the Web Services. */
export interface OnetRequest {
  /** Path and parameters below the base URL. */
  readonly path: string;
  /** What is asked for, in words that fit into the middle of a sentence. */
  readonly about: string;
  /** Whether there may rightly be nothing. */
  readonly mayHaveNoData: boolean;
}

/** Asks which tables there are. */
export const TABLES_REQUEST: OnetRequest = { path: '/database', about: 'the list of tables', mayHaveNoData: false };

/**
 * Asks for rows of a table.
 *
 * @param isFirst whether there is no earlier page: once there was one, there must be others
 */
export function rowsRequest(
  table: string,
  { start, end }: RowRange,
  { filters = [], sort }: Pick<OnetRowsOptions, 'filters' | 'sort'>,
  isFirst: boolean,
): OnetRequest {
  const conditions = filters.map(({ column, operator, value }) => `${column}.${operator}.${value}`);
  const parameters = [
    `start=${start}`,
    `end=${end}`,
    ...conditions.map((condition) => `filter=${encodeURIComponent(condition)}`),
    ...(sort === undefined ? [] : [`sort=${encodeURIComponent(sort)}`]),
  ];
  return {
    path: `/database/rows/${encodeURIComponent(table)}?${parameters.join('&')}`,
    about: [`rows ${start} to ${end} of ${table}`, ...conditions].join(', '),
    mayHaveNoData: isFirst,
  };
}
