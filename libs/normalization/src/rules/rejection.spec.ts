import { applyRule, RowFault, UNNEEDED } from './rejection';

describe('applyRule', () => {
  it('hands on the row that a rule makes', () => {
    expect(applyRule(() => 7)).toEqual({ row: 7 });
  });

  it('tells of a row that is not needed', () => {
    expect(applyRule(() => UNNEEDED)).toEqual({ unneeded: true });
  });

  it('turns a fault of the row into a rejection with its code and reason', () => {
    const rule = (): never => {
      throw new RowFault('BAD_CODE', 'O*NET-SOC Code is "x"');
    };
    expect(applyRule(rule)).toEqual({ rejection: { code: 'BAD_CODE', reason: 'O*NET-SOC Code is "x"' } });
  });

  it('lets through whatever is not a fault of the row', () => {
    const rule = (): never => {
      throw new RangeError('out of memory');
    };
    expect(() => applyRule(rule)).toThrow(RangeError);
  });
});
