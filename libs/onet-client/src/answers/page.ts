import { OnetMalformedError } from '../onet-errors';
import type { OnetPage, OnetRow } from '../onet-types';
import { isJsonObject, type JsonObject } from './json';

/** Places of rows, the last one included. */
export interface RowRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The page in an answer to `GET /database/rows/…`. Its figures must fit its rows and what was asked for, so that a row
 * that was lost on the way is never taken for one that O*NET does not have.
 *
 * @param before how many rows there were by an earlier page, null where there is none
 * @returns null where there are no such rows
 * @throws OnetMalformedError
 */
export function readPage(body: JsonObject, asked: RowRange, before: number | null, about: string): OnetPage | null {
  const { start, end, total } = body;
  if (!isCount(start) || !isCount(end) || !isCount(total)) {
    throw new OnetMalformedError(about, 'it does not say which rows of how many it holds');
  }
  if (total !== (before ?? total)) {
    // read on, it would be a mixture of two releases
    throw new OnetMalformedError(about, `there are ${total} rows now, and were ${before} before`);
  }
  const rows = readRows(body['row'], total, about);
  if (rows.length === 0 && total < asked.start) return null;
  const fits = start === asked.start && end === start + rows.length - 1 && end <= asked.end && end <= total;
  if (!fits || rows.length === 0) {
    throw new OnetMalformedError(
      about,
      `it claims rows ${start} to ${end} of ${total} and holds ${rows.length}, where ${asked.start} to ${asked.end} were asked for`,
    );
  }
  return { start, end, total, rows };
}

/**
 * Which rows to ask for next.
 *
 * @param next URL of the next page, as delivered. Of it only `start` and `end` are used: our credentials never go to
 *   where an answer points
 * @returns null behind the last page
 * @throws OnetMalformedError
 */
export function nextRange(next: unknown, { end, total }: OnetPage, about: string): RowRange | null {
  if (next === undefined || next === null) {
    if (end === total) return null;
    throw new OnetMalformedError(about, `it ends with row ${end} of ${total}, and names no next page`);
  }
  const range = rangeOf(next);
  if (range?.start !== end + 1 || range.end < range.start || end >= total) {
    throw new OnetMalformedError(about, `the next page it names does not go on behind row ${end} of ${total}`);
  }
  return range;
}

function rangeOf(next: unknown): RowRange | null {
  // some base, since only the parameters matter
  const base = 'http://localhost';
  if (typeof next !== 'string' || !URL.canParse(next, base)) return null;
  const { searchParams } = new URL(next, base);
  const place = (name: string): number => Number(/^\d{1,9}$/.exec(searchParams.get(name) ?? '')?.[0]);
  const [start, end] = [place('start'), place('end')];
  return Number.isNaN(start) || Number.isNaN(end) ? null : { start, end };
}

function readRows(list: unknown, total: number, about: string): readonly OnetRow[] {
  if (total === 0 && (list === undefined || list === null)) return [];
  if (!Array.isArray(list)) throw new OnetMalformedError(about, 'it holds no list of rows');
  return list.map((row: unknown) => {
    if (!isRow(row)) throw new OnetMalformedError(about, 'it holds a row that is not made of texts and numbers');
    return row;
  });
}

function isRow(value: unknown): value is OnetRow {
  return (
    isJsonObject(value) &&
    Object.values(value).every((cell) => cell === null || typeof cell === 'string' || typeof cell === 'number')
  );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
