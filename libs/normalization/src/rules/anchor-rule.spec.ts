import fc from 'fast-check';
import { type AnchorContext, type LandedAnchor, normaliseAnchor } from './anchor-rule';

function context(): AnchorContext {
  return {
    skills: new Map([
      ['2.A.1.a', 'Reading Comprehension'],
      ['2.B.3.e', 'Programming'],
    ]),
    scales: new Map([
      ['IM', { id: 'IM', name: 'Importance', minimum: 1, maximum: 5 }],
      ['LV', { id: 'LV', name: 'Level', minimum: 0, maximum: 7 }],
    ]),
    firstLines: new Map(),
  };
}

function landed(change: Partial<LandedAnchor> = {}): LandedAnchor {
  return {
    source_file: 'Level Scale Anchors.txt',
    line_no: 2,
    element_id: '2.A.1.a',
    scale_id: 'LV',
    anchor_value: '2',
    anchor_description: 'Read a street sign',
    ...change,
  };
}

const normalise = (change: Partial<LandedAnchor> = {}): ReturnType<typeof normaliseAnchor> =>
  normaliseAnchor(landed(change), context());

describe('normaliseAnchor', () => {
  it('makes an anchor of a skill on the level scale', () => {
    expect(normalise()).toEqual({
      row: { elementId: '2.A.1.a', scaleId: 'LV', value: '2', description: 'Read a street sign' },
    });
  });

  it.each(['0', '7', '2.5', '6.75'])('takes the level %s', (anchor_value) => {
    expect(normalise({ anchor_value })).toMatchObject({ row: { value: anchor_value } });
  });

  it.each([
    ['an ability', { element_id: '1.A.1.a.1' }],
    ['a skill that the release does not rate', { element_id: '2.B.5.d' }],
    ['an ability, with a damaged value', { element_id: '1.A.1.a.1', anchor_value: 'high' }],
    ['a skill, on another scale', { scale_id: 'IM' }],
    ['a skill, on a scale that the release does not have', { scale_id: 'XX', anchor_value: '99' }],
  ])('does not need an anchor of %s', (_, change) => {
    expect(normalise(change)).toEqual({ unneeded: true });
  });

  it.each([
    ['BAD_ELEMENT_ID', { element_id: null }, 'Element ID is no value, not of the form 2.A.1.a'],
    ['BAD_ELEMENT_ID', { element_id: 'Reading' }, 'Element ID is "Reading", not of the form 2.A.1.a'],
    ['MISSING_VALUE', { scale_id: '' }, 'Scale ID is empty'],
    ['VALUE_TOO_LONG', { scale_id: 'LEVEL' }, 'Scale ID has 5 characters, more than 3'],
    ['NOT_A_NUMBER', { anchor_value: null }, 'Anchor Value is no value, not a number'],
    ['NOT_A_NUMBER', { anchor_value: 'two' }, 'Anchor Value is "two", not a number'],
    ['NOT_A_NUMBER', { anchor_value: '2.125' }, 'Anchor Value is "2.125", with more than 2 decimals'],
    ['OUT_OF_SCALE', { anchor_value: '8' }, 'Anchor Value 8 is outside scale LV, 0 to 7'],
    ['OUT_OF_SCALE', { anchor_value: '-1' }, 'Anchor Value -1 is outside scale LV, 0 to 7'],
    ['MISSING_VALUE', { anchor_description: null }, 'Anchor Description is empty'],
    ['MISSING_VALUE', { anchor_description: 'n/a' }, 'Anchor Description is empty'],
    [
      'VALUE_TOO_LONG',
      { anchor_description: 'x'.repeat(8001) },
      'Anchor Description has 8001 characters, more than 8000',
    ],
    [
      'BAD_CHARACTER',
      { anchor_description: 'Read\0' },
      'Anchor Description has the control character U+0000 at place 5',
    ],
  ])('rejects with %s and a reason that names column and value', (code, change, reason) => {
    expect(normalise(change)).toEqual({ rejection: { code, reason } });
  });

  it('rejects an anchor where the release has no usable level scale', () => {
    expect(normaliseAnchor(landed(), { ...context(), scales: new Map() })).toEqual({
      rejection: { code: 'UNKNOWN_SCALE', reason: 'Scale ID is "LV", not among the scales of the release' },
    });
  });

  it.each(['2', '2.0', '2.00', '02'])(
    'rejects %s where the level was given before, and says in which line',
    (value) => {
      const known = context();
      normaliseAnchor(landed({ line_no: 4 }), known);
      expect(normaliseAnchor(landed({ line_no: 5, anchor_value: value }), known)).toEqual({
        rejection: { code: 'DUPLICATE_KEY', reason: '2.A.1.a LV 2 was given in line 4 already; that line is used' },
      });
    },
  );

  it('takes the same level of another skill, and another level of the same', () => {
    const known = context();
    normaliseAnchor(landed(), known);
    expect(normaliseAnchor(landed({ element_id: '2.B.3.e' }), known)).toHaveProperty('row');
    expect(normaliseAnchor(landed({ anchor_value: '2.01' }), known)).toHaveProperty('row');
  });

  it('comes to a row, a rejection or not needed, and to one of them only, whatever was landed', () => {
    const value = fc.option(fc.oneof(fc.constantFrom('2.A.1.a', 'LV', 'IM', '2', '9', 'n/a', ''), fc.string()));
    fc.assert(
      fc.property(value, value, value, value, (element_id, scale_id, anchor_value, anchor_description) => {
        const result = normalise({ element_id, scale_id, anchor_value, anchor_description });
        expect(Object.keys(result)).toHaveLength(1);
      }),
    );
  });
});
