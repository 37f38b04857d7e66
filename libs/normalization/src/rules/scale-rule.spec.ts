import { type LandedScale, normaliseScale } from './scale-rule';

function landed(change: Partial<LandedScale> = {}): LandedScale {
  return { line_no: 2, scale_id: 'LV', scale_name: 'Level', minimum: '0', maximum: '7', ...change };
}

describe('normaliseScale', () => {
  it('makes a scale of id, name and bounds', () => {
    expect(normaliseScale(landed(), new Map())).toEqual({ row: { id: 'LV', name: 'Level', minimum: 0, maximum: 7 } });
  });

  it('takes a minimum below 0, which some of the scales have', () => {
    expect(normaliseScale(landed({ scale_id: 'WKP', minimum: '-3', maximum: '3' }), new Map())).toMatchObject({
      row: { minimum: -3 },
    });
  });

  it.each([
    ['MISSING_VALUE', { scale_id: '' }, 'Scale ID is empty'],
    ['VALUE_TOO_LONG', { scale_id: 'LEVEL' }, 'Scale ID has 5 characters, more than 3'],
    ['MISSING_VALUE', { scale_name: null }, 'Scale Name is empty'],
    ['VALUE_TOO_LONG', { scale_name: 'x'.repeat(256) }, 'Scale Name has 256 characters, more than 255'],
    ['NOT_A_NUMBER', { minimum: 'n/a' }, 'Minimum is "n/a", not a whole number'],
    ['NOT_A_NUMBER', { maximum: '7.5' }, 'Maximum is "7.5", not a whole number'],
    ['OUT_OF_SCALE', { minimum: '7', maximum: '0' }, 'Minimum 7 is not below Maximum 0'],
    ['OUT_OF_SCALE', { minimum: '7' }, 'Minimum 7 is not below Maximum 7'],
  ])('rejects with %s and a reason that names column and value', (code, change, reason) => {
    expect(normaliseScale(landed(change), new Map())).toEqual({ rejection: { code, reason } });
  });

  it('rejects a scale that was there before, and says in which line', () => {
    const lines = new Map<string, number>();
    normaliseScale(landed({ line_no: 4 }), lines);
    expect(normaliseScale(landed({ line_no: 5, maximum: '100' }), lines)).toEqual({
      rejection: { code: 'DUPLICATE_KEY', reason: 'LV was given in line 4 already; that line is used' },
    });
  });
});
