import fc from 'fast-check';
import { isOnetSocCode } from './onet-soc-code';

const digits = (count: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: count, maxLength: count }).map((list) => list.join(''));

describe('isOnetSocCode', () => {
  it('accepts two digits, a hyphen, four digits, a point and two digits, whichever digits they are', () => {
    fc.assert(
      fc.property(digits(2), digits(4), digits(2), (group, detail, extension) => {
        expect(isOnetSocCode(`${group}-${detail}.${extension}`)).toBe(true);
      }),
    );
  });

  it.each([
    ['a code of the SOC without the O*NET extension', '15-1252'],
    ['a code without its hyphen', '151252.00'],
    ['a space before the code', ' 15-1252.00'],
    ['a line end after the code', '15-1252.00\n'],
    ['more digits after the code', '15-1252.001'],
    ['digits of another script', '١٥-١٢٥٢.٠٠'],
    ['a letter O for a zero', '15-1252.0O'],
    ['another character for the point', '15-1252,00'],
    ['an empty text', ''],
  ])('refuses %s', (_what, value) => {
    expect(isOnetSocCode(value)).toBe(false);
  });

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a number', 15_1252],
    ['a list that reads like a code', ['15-1252.00']],
  ])('refuses %s, which is no text', (_what, value) => {
    expect(isOnetSocCode(value)).toBe(false);
  });
});
