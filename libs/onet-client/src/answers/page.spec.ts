import { OnetMalformedError } from '../onet-errors';
import { nextRange, readPage } from './page';

const ASKED = { start: 21, end: 40 };
const rows = (count: number): object[] => Array.from({ length: count }, (_, index) => ({ n: index, x: 'x', y: null }));

describe('readPage', () => {
  it('takes the rows as they are', () => {
    const row = [{ onetsoc_code: '11-1011.00', data_value: 4.78, not_relevant: null }];
    expect(readPage({ start: 21, end: 21, total: 21, row }, ASKED, null, 'rows')).toEqual({
      start: 21,
      end: 21,
      total: 21,
      rows: row,
    });
  });

  it('takes a page that is shorter than it was asked to be', () => {
    expect(readPage({ start: 21, end: 25, total: 99, row: rows(5) }, ASKED, 99, 'rows')?.rows).toHaveLength(5);
  });

  it.each([
    ['an empty list', { start: 1, end: 0, total: 0, row: [] }],
    ['no list', { start: 0, end: 0, total: 0 }],
    ['no row as far behind', { start: 21, end: 20, total: 20, row: [] }],
  ])('finds no data in %s', (_what, body) => {
    expect(readPage(body, ASKED, null, 'rows')).toBeNull();
  });

  it.each([
    ['without a start', { end: 40, total: 99, row: rows(20) }],
    ['with a start that is a text', { start: '21', end: 40, total: 99, row: rows(20) }],
    ['with a negative total', { start: 21, end: 40, total: -1, row: rows(20) }],
    ['with half a row', { start: 21, end: 40.5, total: 99, row: rows(20) }],
    ['with another start than asked for', { start: 1, end: 20, total: 99, row: rows(20) }],
    ['with fewer rows than it says', { start: 21, end: 40, total: 99, row: rows(19) }],
    ['with more rows than it says', { start: 21, end: 40, total: 99, row: rows(21) }],
    ['with more rows than asked for', { start: 21, end: 41, total: 99, row: rows(21) }],
    ['that ends behind the last row', { start: 21, end: 40, total: 39, row: rows(20) }],
    ['without rows, where there are some', { start: 21, end: 20, total: 99, row: [] }],
    ['without a list of rows', { start: 21, end: 40, total: 99 }],
    ['with one row that is no list', { start: 21, end: 21, total: 21, row: { a: 1 } }],
    ['with a row that is a list', { start: 21, end: 21, total: 21, row: [['a']] }],
    ['with a value that is an object', { start: 21, end: 21, total: 21, row: [{ a: {} }] }],
    ['with a value that is true', { start: 21, end: 21, total: 21, row: [{ a: true }] }],
  ])('refuses a page %s', (_what, body) => {
    expect(() => readPage(body, ASKED, null, 'rows')).toThrow(OnetMalformedError);
  });

  it('refuses a page of a table that has changed since the page before', () => {
    expect(() => readPage({ start: 21, end: 40, total: 98, row: rows(20) }, ASKED, 99, 'rows')).toThrow(
      'there are 98 rows now, and were 99 before',
    );
  });
});

describe('nextRange', () => {
  const page = { start: 1, end: 20, total: 70, rows: [] };

  it.each([
    'https://api-v2.onetcenter.org/database/rows/skills?start=21&end=40',
    'http://elsewhere.example/?x=1&end=40&start=21#y',
    '/database/rows/skills?start=21&end=40',
  ])('takes the places from %s', (next) => {
    expect(nextRange(next, page, 'rows')).toEqual({ start: 21, end: 40 });
  });

  it.each([undefined, null])('ends behind the last row where the next page is %s', (next) => {
    expect(nextRange(next, { ...page, end: 70 }, 'rows')).toBeNull();
  });

  it('refuses to end before the last row', () => {
    expect(() => nextRange(undefined, page, 'rows')).toThrow(OnetMalformedError);
  });

  it.each([
    ['to the same page', '?start=1&end=20'],
    ['back', '?start=20&end=39'],
    ['past rows', '?start=22&end=41'],
    ['to a page that ends before it begins', '?start=21&end=20'],
    ['without a start', '?end=40'],
    ['without an end', '?start=21'],
    ['to a start that is no number', '?start=21x&end=40'],
    ['to a huge number', '?start=21&end=99999999999999999999'],
    ['nowhere', ''],
    ['to what is no URL', 'http://['],
    ['by a number', 21],
    ['by an object', { start: 21, end: 40 }],
  ])('refuses to go on %s', (_what, next) => {
    expect(() => nextRange(next, page, 'rows')).toThrow(OnetMalformedError);
  });

  it('refuses to go on behind the last row', () => {
    expect(() => nextRange('?start=71&end=90', { ...page, end: 70 }, 'rows')).toThrow(OnetMalformedError);
  });
});
