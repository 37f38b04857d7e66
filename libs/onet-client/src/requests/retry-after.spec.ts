import { parseRetryAfter } from './retry-after';

const NOW = Date.UTC(2026, 7, 1, 12, 0, 0);

describe('parseRetryAfter', () => {
  it.each([
    ['seconds', '3', 3000],
    ['no time at all', '0', 0],
    ['a date', 'Sat, 01 Aug 2026 12:00:07 GMT', 7000],
    ['a date in the past', 'Sat, 01 Aug 2026 11:00:00 GMT', 0],
    ['more than a day', '999999999999', 86_400_000],
    ['what cannot be read', 'soon', null],
    ['an empty text', '', null],
    ['nothing', undefined, null],
  ])('reads %s', (_what, header, expected) => {
    expect(parseRetryAfter(header, NOW)).toBe(expected);
  });
});
