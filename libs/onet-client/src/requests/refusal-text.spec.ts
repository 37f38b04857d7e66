import { errorTextOf, meansNoData, quotable } from './refusal-text';

describe('meansNoData', () => {
  it.each([
    '',
    'No data available.',
    'No rows match the filter "onetsoc_code.eq.99-9999.00".',
    'There are no matching rows in this table.',
    'Unknown O*NET-SOC code.',
    'The occupation is obsolete.',
    'No Knowledge data is available for this career or parameter.',
  ])('is so for %j', (text) => {
    expect(meansNoData(text)).toBe(true);
  });

  it.each([
    'The required parameter "keyword" was not provided.',
    'Unknown column "onetsoc_cod".',
    'Invalid filter: the code is missing.',
    'Unknown operator.',
    'Unknown table.',
    'Cannot sort by this.',
    'Invalid value for end.',
    'Something is wrong with the database.',
    null,
  ])('is not so for %j', (text) => {
    expect(meansNoData(text)).toBe(false);
  });
});

describe('errorTextOf', () => {
  it.each([
    ['{"error":" No data. "}', 'No data.'],
    ['', ''],
    [' \n', ''],
    ['{}', ''],
    ['{"error":null}', ''],
    ['{"error":{"text":"No data."}}', null],
    ['["No data."]', null],
    ['<html>No data.</html>', null],
  ])('reads %j as %j', (body, expected) => {
    expect(errorTextOf(body)).toBe(expected);
  });
});

describe('quotable', () => {
  it('puts a text on one line', () => {
    expect(quotable(' a\n\tb\u0000\u001b[31mc\u202e ', [])).toBe('a b [31mc');
  });

  it('cuts a long one', () => {
    expect(quotable('x'.repeat(500), [])).toHaveLength(201);
  });

  it.each([
    ['as it is', 'my:secret'],
    ['in other letter case', 'MY:SECRET'],
    ['in a URL', 'my%3Asecret'],
    ['in base64', Buffer.from('my:secret').toString('base64')],
  ])('says nothing where a secret is in it %s', (_how, form) => {
    expect(quotable(`You sent ${form}, which is wrong`, ['other', 'my:secret'])).toBe('');
  });
});
