import { type LandedOccupation, normaliseOccupation } from './occupation-rule';

function landed(change: Partial<LandedOccupation> = {}): LandedOccupation {
  return {
    line_no: 2,
    onetsoc_code: '15-1252.00',
    title: 'Software Developers',
    description: 'Research, design, and develop computer software.',
    ...change,
  };
}

describe('normaliseOccupation', () => {
  it('makes an occupation of code, title and description', () => {
    expect(normaliseOccupation(landed(), new Map())).toEqual({
      row: {
        code: '15-1252.00',
        title: 'Software Developers',
        description: 'Research, design, and develop computer software.',
      },
    });
  });

  it('keeps quotes and other characters of a title as they are', () => {
    expect(normaliseOccupation(landed({ title: 'Cooks, "Short Order" – café' }), new Map())).toMatchObject({
      row: { title: 'Cooks, "Short Order" – café' },
    });
  });

  it.each([
    ['BAD_CODE', { onetsoc_code: '15-1252' }, 'O*NET-SOC Code is "15-1252", not of the form 15-1252.00'],
    ['BAD_CODE', { onetsoc_code: null }, 'O*NET-SOC Code is no value, not of the form 15-1252.00'],
    ['MISSING_VALUE', { title: '' }, 'Title is empty'],
    ['MISSING_VALUE', { description: '  ' }, 'Description is empty'],
    ['VALUE_TOO_LONG', { title: 'x'.repeat(256) }, 'Title has 256 characters, more than 255'],
    ['VALUE_TOO_LONG', { description: 'x'.repeat(16_001) }, 'Description has 16001 characters, more than 16000'],
  ])('rejects with %s and a reason that names column and value', (code, change, reason) => {
    expect(normaliseOccupation(landed(change), new Map())).toEqual({ rejection: { code, reason } });
  });

  it('rejects an occupation that was there before, and says in which line', () => {
    const lines = new Map<string, number>();
    normaliseOccupation(landed({ line_no: 7 }), lines);
    expect(normaliseOccupation(landed({ line_no: 9, title: 'Coders' }), lines)).toEqual({
      rejection: {
        code: 'DUPLICATE_KEY',
        reason: '15-1252.00 was given in line 7 already; that line is used',
      },
    });
  });

  it('names the first line also to the third row of an occupation', () => {
    const lines = new Map<string, number>();
    for (const line of [7, 9]) normaliseOccupation(landed({ line_no: line }), lines);
    expect(normaliseOccupation(landed({ line_no: 11 }), lines)).toMatchObject({
      rejection: { reason: '15-1252.00 was given in line 7 already; that line is used' },
    });
  });

  it('takes the next row of an occupation whose first one could not be used', () => {
    const lines = new Map<string, number>();
    normaliseOccupation(landed({ title: '' }), lines);
    expect(normaliseOccupation(landed({ line_no: 3 }), lines)).toMatchObject({ row: { code: '15-1252.00' } });
  });
});
