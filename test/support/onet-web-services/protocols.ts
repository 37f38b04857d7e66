import type { IncomingHttpHeaders } from 'node:http';

export const KEY = 'stub-api-key-0001';
export const USERNAME = 'stub-user';
export const PASSWORD = 'stub-password';

/** A page of rows, before a protocol gives it its form. */
export interface Page {
  readonly tableId: string;
  readonly start: number;
  readonly end: number;
  readonly total: number;
  /** URLs of the pages before and after this one. */
  readonly prev: string | null;
  readonly next: string | null;
  /** URL of the columns of the table. */
  readonly info: string;
  /** Rows of the table, unless a test has put something else in their place. */
  readonly rows: readonly unknown[];
}

/** What the two versions of the Web Services do differently. */
export interface Protocol {
  readonly basePath: string;
  /** Headers of the answer to a request without valid credentials. */
  readonly challenge: Readonly<Record<string, string>>;
  readonly isAuthorised: (headers: IncomingHttpHeaders) => boolean;
  readonly wantsXml: (headers: IncomingHttpHeaders) => boolean;
  readonly tableList: (tables: readonly unknown[]) => unknown;
  readonly page: (page: Page) => unknown;
}

export const V2: Protocol = {
  basePath: '/v2',
  challenge: {},
  isAuthorised: (headers) => headers['x-api-key'] === KEY,
  wantsXml: () => false,
  tableList: (tables) => tables,
  page: ({ start, end, total, prev, next, rows }) => ({
    start,
    end,
    total,
    ...(prev === null ? {} : { prev }),
    ...(next === null ? {} : { next }),
    row: rows,
  }),
};

export const V19: Protocol = {
  basePath: '/v1.9/ws',
  challenge: { 'www-authenticate': 'Basic realm="O*NET Web Services"' },
  isAuthorised: ({ authorization }) =>
    authorization === `Basic ${Buffer.from(`${USERNAME}:${PASSWORD}`).toString('base64')}`,
  wantsXml: ({ accept }) => accept?.includes('application/json') !== true,
  tableList: (tables) => ({ table: tables }),
  page: ({ tableId, start, end, total, prev, next, info, rows }) => {
    const link = [
      ...(prev === null ? [] : [{ href: prev, rel: 'prev' }]),
      ...(next === null ? [] : [{ href: next, rel: 'next' }]),
    ];
    return { info, start, end, total, ...(link.length === 0 ? {} : { link }), table_id: tableId, row: rows };
  },
};
