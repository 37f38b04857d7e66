import { type Answer, jsonAnswer } from '../stubs/answers';
import { pageAnswer, xmlAnswer } from './answers';
import { type Page, type Protocol, V19, V2 } from './protocols';
import { QueryError } from './query-error';
import type { SeenRequest } from './request-log';
import { parseRowQuery, type RowQuery, selectRows } from './row-query';
import type { OnetTable, OnetTables } from './tables';

export interface ServiceState {
  /** Scheme, host and port in the URLs of answers. */
  readonly origin: string;
  readonly tables: OnetTables;
  /** What a filter on an occupation without rows gets: status 422, or a page without rows. */
  readonly noData: 'error' | 'empty';
  /** Status of the answer to invalid credentials. */
  readonly refusal: 401 | 403;
}

export type PageChange = (page: Page, pageUrl: (start: number, end: number) => string) => Page;

/** Answers as the O*NET Web Services would; `change` damages a page before it takes the form of the protocol. */
export function answerTo(request: SeenRequest, state: ServiceState, change: PageChange = (page) => page): Answer {
  const protocol = [V2, V19].find(({ basePath }) => request.path.startsWith(`${basePath}/`));
  if (protocol === undefined) return errorAnswer(404, 'Resource not found.');
  if (!protocol.isAuthorised(request.headers)) {
    return pageAnswer(state.refusal, 'The credentials are missing or not valid.', protocol.challenge);
  }
  const answer = authorisedAnswer(protocol, request, state, change);
  return protocol.wantsXml(request.headers) ? xmlAnswer(answer.status) : answer;
}

function authorisedAnswer(protocol: Protocol, request: SeenRequest, state: ServiceState, change: PageChange): Answer {
  if (request.method !== 'GET') return errorAnswer(405, 'Only GET is supported.');
  const base = `${state.origin}${protocol.basePath}`;
  const [area, what, tableId = '', ...rest] = request.path.slice(protocol.basePath.length + 1).split('/');
  if (area !== 'database' || rest.length > 0) return errorAnswer(404, 'Resource not found.');
  if (what === undefined) return jsonAnswer(200, protocol.tableList(listOf(state.tables, base)));
  const table = state.tables.get(tableId);
  if (table === undefined) return errorAnswer(404, 'Resource not found.');
  if (what === 'info') return jsonAnswer(200, columnsOf(table, base));
  if (what !== 'rows') return errorAnswer(404, 'Resource not found.');
  try {
    return jsonAnswer(200, protocol.page(pageOf(table, request.query, base, state.noData, change)));
  } catch (error) {
    if (error instanceof QueryError) return errorAnswer(422, error.message);
    throw error;
  }
}

function errorAnswer(status: number, message: string): Answer {
  return jsonAnswer(status, { error: message });
}

function describe(table: OnetTable): { table_id: string; title: string; description: string } {
  const { tableId, title, description } = table.definition;
  return { table_id: tableId, title, description };
}

function listOf(tables: OnetTables, base: string): unknown[] {
  return [...tables].map(([tableId, table]) => ({
    ...describe(table),
    info: `${base}/database/info/${tableId}`,
    rows: `${base}/database/rows/${tableId}`,
  }));
}

function columnsOf(table: OnetTable, base: string): unknown {
  return {
    rows: `${base}/database/rows/${table.definition.tableId}`,
    ...describe(table),
    column: table.definition.columns.map(({ columnId, title, type }) => ({ column_id: columnId, title, type })),
  };
}

function pageOf(
  table: OnetTable,
  query: URLSearchParams,
  base: string,
  noData: ServiceState['noData'],
  change: PageChange,
): Page {
  const { tableId } = table.definition;
  const rowQuery = parseRowQuery(query, table);
  const { start, end } = rowQuery;
  const rows = selectRows(table, rowQuery);
  refuseWithoutRows(rowQuery, rows.length, noData);
  const size = end - start + 1;
  const pageUrl = (from: number, to: number): string => {
    const parameters = new URLSearchParams({ start: String(from), end: String(to) });
    for (const name of ['filter', 'sort']) {
      for (const value of query.getAll(name)) parameters.append(name, value);
    }
    return `${base}/database/rows/${tableId}?${parameters.toString()}`;
  };
  const page: Page = {
    tableId,
    start,
    end: Math.min(end, rows.length),
    total: rows.length,
    prev: start > 1 ? pageUrl(Math.max(1, start - size), start - 1) : null,
    next: end < rows.length ? pageUrl(end + 1, end + size) : null,
    info: `${base}/database/info/${tableId}`,
    rows: rows.slice(start - 1, end),
  };
  return change(page, pageUrl);
}

function refuseWithoutRows({ start, filters }: RowQuery, total: number, noData: ServiceState['noData']): void {
  const code = filters.find((filter) => filter.code !== null)?.code ?? null;
  if (total === 0 && code !== null && noData === 'error') {
    throw new QueryError(`No data is available for O*NET-SOC code "${code}".`);
  }
  // the first page is there even where the table has no rows
  if (start > Math.max(1, total)) throw new QueryError(`The parameter "start" is beyond the last of ${total} rows.`);
}
