import fc from 'fast-check';
import { thrownBy } from '../../../../test/support/thrown-by';
import {
  decimal,
  onetSocCode,
  optionalDecimal,
  optionalFlag,
  optionalMonth,
  optionalText,
  optionalWholeNumber,
  requiredText,
  shown,
  wholeNumber,
} from './values';

describe('shown', () => {
  it('puts a value in quotes, so that blanks can be seen', () => {
    expect(shown(' LV')).toBe('" LV"');
  });

  it('makes characters visible that cannot be seen', () => {
    expect(shown('a\tb\u0000')).toBe(String.raw`"a\tb\u0000"`);
  });

  it('says that there is no value', () => {
    expect(shown(null)).toBe('no value');
  });

  it('shows 60 characters whole', () => {
    expect(shown('x'.repeat(60))).toBe(`"${'x'.repeat(60)}"`);
  });

  it('cuts what is longer', () => {
    expect(shown('x'.repeat(61))).toBe(`"${'x'.repeat(60)}…"`);
  });
});

describe('requiredText', () => {
  it('takes off blanks around a text', () => {
    expect(requiredText('Title', '  Chief Executives ', 255)).toBe('Chief Executives');
  });

  it.each([null, '', '   '])('refuses %p as missing, with the name of the column', (value) => {
    expect(thrownBy(() => requiredText('Title', value, 255))).toMatchObject({
      code: 'MISSING_VALUE',
      message: 'Title is empty',
    });
  });

  it('takes a text of exactly the length allowed', () => {
    expect(requiredText('Title', 'x'.repeat(255), 255)).toHaveLength(255);
  });

  it('refuses a text that is longer, with the column and both lengths', () => {
    expect(thrownBy(() => requiredText('Title', 'x'.repeat(256), 255))).toMatchObject({
      code: 'VALUE_TOO_LONG',
      message: 'Title has 256 characters, more than 255',
    });
  });
});

describe.each([
  ['optionalText', (value: string | null) => optionalText('Domain Source', value, 64)],
  ['optionalDecimal', (value: string | null) => optionalDecimal('Standard Error', value, 4)],
  ['optionalWholeNumber', (value: string | null) => optionalWholeNumber('N', value)],
  ['optionalFlag', (value: string | null) => optionalFlag('Not Relevant', value)],
  ['optionalMonth', (value: string | null) => optionalMonth('Date', value)],
])('%s', (_name, parse) => {
  it.each(['n/a', '', null])('reads %p as no value', (absent) => {
    expect(parse(absent)).toBeNull();
  });
});

describe('optionalText', () => {
  it('reads a text', () => {
    expect(optionalText('Domain Source', 'Analyst - Transition', 64)).toBe('Analyst - Transition');
  });

  it('refuses a text that is too long', () => {
    expect(thrownBy(() => optionalText('Domain Source', 'x'.repeat(65), 64))).toMatchObject({
      code: 'VALUE_TOO_LONG',
      message: 'Domain Source has 65 characters, more than 64',
    });
  });
});

describe('onetSocCode', () => {
  it('reads a code', () => {
    expect(onetSocCode('15-1252.00')).toBe('15-1252.00');
  });

  it.each([
    ['15-1252', '"15-1252"'],
    ['15-1252.00 ', '"15-1252.00 "'],
    ['', '""'],
    [null, 'no value'],
  ])('refuses %p and shows it', (value, visible) => {
    expect(thrownBy(() => onetSocCode(value))).toMatchObject({
      code: 'BAD_CODE',
      message: `O*NET-SOC Code is ${visible}, not of the form 15-1252.00`,
    });
  });
});

describe('decimal', () => {
  it('keeps every number of two decimals exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: -99_999, max: 99_999 }), (hundredths) => {
        const text = (hundredths / 100).toFixed(2);
        expect(Number(decimal('Data Value', text, 2)).toFixed(2)).toBe(text);
      }),
    );
  });

  it.each([
    ['4.12', '4.12'],
    ['4.10', '4.1'],
    ['4.00', '4'],
    ['0', '0'],
    ['0.0500', '0.05'],
    ['-1', '-1'],
    ['100', '100'],
  ])('reads %s without adding or losing a digit that counts', (text, expected) => {
    expect(decimal('Data Value', text, 2)).toBe(expected);
  });

  it('keeps four decimals where four are allowed', () => {
    expect(decimal('Standard Error', '0.2266', 4)).toBe('0.2266');
  });

  it.each([
    '',
    ' ',
    'n/a',
    'four',
    '4,12',
    '4.',
    '.5',
    '+4',
    '4.1.2',
    '1e2',
    '0x4',
    'NaN',
    'Infinity',
    ' 4',
    '4 ',
    '٤',
  ])('refuses %p, which is no number', (text) => {
    expect(thrownBy(() => decimal('Data Value', text, 2))).toMatchObject({
      code: 'NOT_A_NUMBER',
      message: `Data Value is ${shown(text)}, not a number`,
    });
  });

  it('refuses no value', () => {
    expect(thrownBy(() => decimal('Data Value', null, 2))).toMatchObject({
      code: 'NOT_A_NUMBER',
      message: 'Data Value is no value, not a number',
    });
  });

  it('refuses more decimals than can be stored, rather than to round', () => {
    expect(thrownBy(() => decimal('Data Value', '4.125', 2))).toMatchObject({
      code: 'NOT_A_NUMBER',
      message: 'Data Value is "4.125", with more than 2 decimals',
    });
  });
});

describe('wholeNumber', () => {
  it.each([
    ['8', 8],
    ['0', 0],
    ['-3', -3],
    ['999999999', 999_999_999],
  ])('reads %s', (text, expected) => {
    expect(wholeNumber('Minimum', text)).toBe(expected);
  });

  it.each(['', '1.0', 'eight', '1e3', ' 8', '8 ', '1000000000'])('refuses %p with column and value', (text) => {
    expect(thrownBy(() => wholeNumber('Minimum', text))).toMatchObject({
      code: 'NOT_A_NUMBER',
      message: `Minimum is "${text}", not a whole number`,
    });
  });
});

describe('optionalFlag', () => {
  it.each(['Y', 'N'])('reads %s', (flag) => {
    expect(optionalFlag('Recommend Suppress', flag)).toBe(flag);
  });

  it.each(['y', 'Yes', '1', 'N '])('refuses %p with column and value', (flag) => {
    expect(thrownBy(() => optionalFlag('Recommend Suppress', flag))).toMatchObject({
      code: 'BAD_FLAG',
      message: `Recommend Suppress is "${flag}", not Y, N or n/a`,
    });
  });
});

describe('optionalMonth', () => {
  it.each([
    ['08/2023', '2023-08-01'],
    ['01/1999', '1999-01-01'],
    ['12/2025', '2025-12-01'],
    ['2023-08-01', '2023-08-01'],
    ['2023-08-15', '2023-08-01'],
  ])('reads %s as %s', (text, expected) => {
    expect(optionalMonth('Date', text)).toBe(expected);
  });

  it.each([
    '00/2023',
    '13/2023',
    '8/2023',
    '08/23',
    '2023/08',
    '08-2023',
    '08/01/2023',
    'August 2023',
    '2023-13-01',
    '2023-00-01',
    '2023-08',
    '2023-08-01T00:00:00Z',
    ' 08/2023',
  ])('refuses %p with column and value', (text) => {
    expect(thrownBy(() => optionalMonth('Date', text))).toMatchObject({
      code: 'BAD_DATE',
      message: `Date is "${text}", not a month such as 08/2023`,
    });
  });
});
