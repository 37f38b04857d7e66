import fc from 'fast-check';
import { plainText } from './plain-text';

const anyText = fc.string({ unit: 'binary', maxLength: 200 });

describe('plainText', () => {
  it.each([
    ['line ends and tabs', 'one\r\n\ttwo', 'one two'],
    ['blanks around it', '  one  ', 'one'],
    ['other blanks', 'one\u00a0\u2003two\u3000three', 'one two three'],
    ['NUL, escapes and other control characters', 'a\u0000b\u001b[31mc\u0085d\u007f', 'a b [31mc d'],
    ['what turns the text around', 'abc\u202edef\u2066ghi', 'abc def ghi'],
    ['what nobody sees', 'zero\u200bwidth\ufeff', 'zero width'],
    ['line separators of Unicode', 'one\u2028two\u2029three', 'one two three'],
    ['halves of characters', 'half \ud83c of it', 'half of it'],
    ['characters for private use', 'private\ue000use', 'private use'],
    ['nothing but blanks', ' \n\u200b ', ''],
  ])('has no %s', (_, text, plain) => {
    expect(plainText(text)).toBe(plain);
  });

  it.each(['Café & <b>bold</b> "quoted" — 5 > 3', 'Kuchen 🍰 für alle', '日本語'])('leaves %s as it is', (text) => {
    expect(plainText(text)).toBe(text);
  });

  it('is one line without control characters, no longer than it was, whatever comes in', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const plain = plainText(text);
        expect(plain).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|\s\s|^\s|\s$/u);
        expect(plain.length).toBeLessThanOrEqual(text.length);
        expect(plainText(plain)).toBe(plain);
      }),
    );
  });
});
