import type { OnetStub } from './onet-stub';

export const VERSIONS = ['v2', 'v1.9'] as const;
export type Version = (typeof VERSIONS)[number];

export interface RowsAnswer {
  readonly start: number;
  readonly end: number;
  readonly total: number;
  readonly row: readonly Readonly<Record<string, unknown>>[];
  readonly prev?: string;
  readonly next?: string;
  readonly link?: readonly { readonly href: string; readonly rel: string }[];
}

/** The headers of a request that is answered with JSON. */
export function headersFor(stub: OnetStub, version: Version): Record<string, string> {
  if (version === 'v2') return { 'x-api-key': stub.key };
  const basic = Buffer.from(`${stub.username}:${stub.password}`).toString('base64');
  return { authorization: `Basic ${basic}`, accept: 'application/json' };
}

/** Asks for a path below the base of a version, or for a whole URL. */
export function ask(
  stub: OnetStub,
  version: Version,
  target: string,
  headers: Record<string, string> = headersFor(stub, version),
): Promise<Response> {
  const base = version === 'v2' ? stub.v2Url : stub.v19Url;
  return fetch(target.startsWith('http') ? target : `${base}${target}`, { headers });
}

/** The rows of a table; a query string may follow the name of the table. */
export async function askRows(stub: OnetStub, version: Version, target: string): Promise<RowsAnswer> {
  const response = await ask(stub, version, target.startsWith('http') ? target : `/database/rows/${target}`);
  if (response.status !== 200) throw new Error(`Status ${response.status}: ${await response.text()}`);
  return (await response.json()) as RowsAnswer;
}

/** URL of the page before or after, in the way of either version. */
export function linkOf(answer: RowsAnswer, rel: 'prev' | 'next'): string | undefined {
  return answer[rel] ?? answer.link?.find((link) => link.rel === rel)?.href;
}

/** Every page from one on, by the links of the stub. */
export async function askPages(stub: OnetStub, version: Version, target: string): Promise<RowsAnswer[]> {
  const pages: RowsAnswer[] = [];
  for (let next: string | undefined = target; next !== undefined;) {
    const page: RowsAnswer = await askRows(stub, version, next);
    pages.push(page);
    next = linkOf(page, 'next');
  }
  return pages;
}
