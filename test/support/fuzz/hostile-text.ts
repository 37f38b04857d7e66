import fc from 'fast-check';

/** As it stands in a URL; characters of one byte each. */
type Wire = string;

const SQL = [
  "' OR '1'='1",
  "'; DROP TABLE jobs; --",
  '1; DELETE FROM releases',
  "' UNION SELECT * FROM jobs --",
  '" OR ""="',
  "11-1011.00' --",
  "11-1011.00%' ESCAPE '!",
  "x' AND SLEEP(5) #",
  '%_%',
];
const PATHS = [
  '..',
  '../../etc/passwd',
  '/etc/passwd',
  '..\\..\\windows\\win.ini',
  '....//....//etc/passwd',
  '.',
  '30.1/../../..',
  'file:///etc/passwd',
  '\\\\server\\share',
];
const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'];
const NUMBERS = [
  '0',
  '-0',
  '-1',
  '1.5',
  '1e3',
  '0x10',
  'NaN',
  'Infinity',
  '2147483648',
  '9007199254740993',
  '18446744073709551616',
  '9'.repeat(400),
  '٣',
  '１',
];
const MARKUP = ['<script>alert(1)</script>', '{{7*7}}', '${7*7}', '%s%n%x', '$(id)', '`id`', '| cat', '=1+1'];
const BREAKS = [
  '\r\nX-Injected: 1',
  '\nSet-Cookie: a=b',
  '\r\n\r\nHTTP/1.1 200 OK',
  'a\0b',
  '\0',
  '\u2028',
  '\x1b[31m',
];
const UNICODE = [
  '\ud800',
  '\udfff\ud800',
  '\ufeff',
  '\ufffe',
  '🍰',
  'e\u0301'.repeat(50),
  '\u202etxt.exe',
  'İ',
  'ß',
  '\u{10ffff}',
];
const WORDS = ['', ' ', 'null', 'undefined', 'true', '[]', '{}', '[object Object]', 'a', 'A'.repeat(300)];

/** Text that has hurt others, and text of all kinds. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...SQL, ...PATHS, ...NAMES, ...NUMBERS) },
  { weight: 4, arbitrary: fc.constantFrom(...MARKUP, ...BREAKS, ...UNICODE, ...WORDS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 120 }) },
  { weight: 1, arbitrary: fc.integer({ min: 100, max: 9000 }).map((length) => 'x'.repeat(length)) },
);

/** Names of parameters and fields that nobody documents. */
export const hostileName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...NAMES, 'debug', 'admin', 'limit', 'a.b', 'a[b]', 'a[]', '$where', ''),
  fc.string({ unit: 'binary', maxLength: 12 }),
);

/** Pieces of a URL that are no text in any encoding. */
const BROKEN: readonly Wire[] = [
  '%',
  '%zz',
  '%E0%A4%A',
  '%c0%ae%c0%ae',
  '%ED%A0%80',
  '%ff',
  '%00',
  '%0d%0aX-Injected:%201',
  '%u0041',
  '%2500',
];

/** A text as it may stand in a URL: encoded as it should be, encoded too much, or bytes that should have been encoded. */
export function inUrl(text: fc.Arbitrary<string>): fc.Arbitrary<Wire> {
  return fc.oneof(
    { weight: 8, arbitrary: text.map(percentEncoded) },
    { weight: 1, arbitrary: text.map((value) => percentEncoded(value).replaceAll('%', '%25')) },
    { weight: 1, arbitrary: text.map((value) => bytesOf(value).replace(/[\0-\x20\x7f#?&]/g, '')) },
    { weight: 1, arbitrary: fc.constantFrom(...BROKEN) },
  );
}

/** What no text is: the bytes of half a character, for one, are encoded as they are. */
export function percentEncoded(text: string): Wire {
  return bytesOf(text).replace(
    /[^\w.~-]/g,
    (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
  );
}

/** The bytes of a text in UTF-8, a character each; halves of pairs as CESU-8 has them. */
export function bytesOf(text: string): string {
  if (!/\p{Cs}/u.test(text)) return Buffer.from(text, 'utf8').toString('latin1');
  return Array.from(text)
    .map((character) => {
      const code = character.charCodeAt(0);
      const isHalf = character.length === 1 && code >= 0xd800 && code <= 0xdfff;
      const bytes = isHalf
        ? Buffer.from([0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)])
        : Buffer.from(character, 'utf8');
      return bytes.toString('latin1');
    })
    .join('');
}
