import { RatingLedger } from './rating-ledger';

const ELEMENTS = ['2.A.1.a', '2.B.3.e'];
const FIRST = '11-1011.00';
const SECOND = '15-1252.00';

const newLedger = (scales: readonly string[] = ['IM', 'LV']): RatingLedger =>
  new RatingLedger([FIRST, SECOND], ELEMENTS, scales);

/** Enters ratings of an occupation as the rule does: asks for the code, then enters. */
function rate(ledger: RatingLedger, code: string, scales: readonly string[] = ['IM', 'LV'], elements = ELEMENTS): void {
  let line = 2;
  for (const element of elements) {
    for (const scale of scales) {
      ledger.knows(code);
      ledger.enter(code, element, scale, line++);
    }
  }
}

describe('RatingLedger', () => {
  it('knows the occupations of the release', () => {
    expect(newLedger().knows(FIRST)).toBe(true);
  });

  it('does not know another occupation', () => {
    expect(newLedger().knows('99-9999.99')).toBe(false);
  });

  it('takes a rating that is new', () => {
    expect(newLedger().enter(FIRST, '2.A.1.a', 'LV', 2)).toBeNull();
  });

  it('tells the line of a rating that it has already', () => {
    const ledger = newLedger();
    ledger.enter(FIRST, '2.A.1.a', 'LV', 2);
    expect(ledger.enter(FIRST, '2.A.1.a', 'LV', 9)).toBe(2);
  });

  it('tells the first line also of the third rating with the same key', () => {
    const ledger = newLedger();
    ledger.enter(FIRST, '2.A.1.a', 'LV', 2);
    ledger.enter(FIRST, '2.A.1.a', 'LV', 9);
    expect(ledger.enter(FIRST, '2.A.1.a', 'LV', 10)).toBe(2);
  });

  it.each([
    ['occupations', [SECOND, '2.A.1.a', 'LV']],
    ['elements', [FIRST, '2.B.3.e', 'LV']],
    ['scales', [FIRST, '2.A.1.a', 'IM']],
  ] as const)('tells ratings of different %s apart', (_what, [code, element, scale]) => {
    const ledger = newLedger();
    ledger.enter(FIRST, '2.A.1.a', 'LV', 2);
    expect(ledger.enter(code, element, scale, 3)).toBeNull();
  });

  it('takes an occupation with every skill on both scales for rated', () => {
    const ledger = newLedger();
    rate(ledger, FIRST);
    expect(ledger.summary()).toEqual({ rated: 1, incomplete: [] });
  });

  it('takes an occupation without any rating for neither rated nor incomplete', () => {
    expect(newLedger().summary()).toEqual({ rated: 0, incomplete: [] });
  });

  it.each(['IM', 'LV'])('takes an occupation with ratings on %s only for incomplete', (scale) => {
    const ledger = newLedger();
    rate(ledger, FIRST, [scale]);
    expect(ledger.summary()).toEqual({ rated: 0, incomplete: [FIRST] });
  });

  it('takes an occupation that lacks one skill for incomplete', () => {
    const ledger = newLedger();
    rate(ledger, FIRST, ['IM', 'LV'], ['2.A.1.a']);
    expect(ledger.summary()).toEqual({ rated: 0, incomplete: [FIRST] });
  });

  it('takes an occupation all of whose rows were rejected for incomplete', () => {
    const ledger = newLedger();
    ledger.knows(SECOND);
    expect(ledger.summary()).toEqual({ rated: 0, incomplete: [SECOND] });
  });

  it('does not let a duplicate stand in for a rating that is missing', () => {
    const ledger = newLedger();
    rate(ledger, FIRST, ['IM', 'LV'], ['2.A.1.a', '2.A.1.a']);
    expect(ledger.summary()).toEqual({ rated: 0, incomplete: [FIRST] });
  });

  it('counts complete and incomplete occupations apart', () => {
    const ledger = newLedger();
    rate(ledger, FIRST);
    rate(ledger, SECOND, ['LV']);
    expect(ledger.summary()).toEqual({ rated: 1, incomplete: [SECOND] });
  });

  it('asks for no ratings on scales other than importance and level', () => {
    const ledger = newLedger(['EX', 'IM', 'LV']);
    rate(ledger, FIRST);
    expect(ledger.summary()).toEqual({ rated: 1, incomplete: [] });
  });
});
