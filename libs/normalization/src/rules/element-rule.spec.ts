import { type LandedElement, normaliseElement } from './element-rule';

const SKILLS = new Map([
  ['2.A.1.a', 'Reading Comprehension'],
  ['2.B.3.e', 'Programming'],
]);

function landed(change: Partial<LandedElement> = {}): LandedElement {
  return {
    source_file: 'Content Model Reference.txt',
    line_no: 2,
    element_id: '2.A.1.a',
    description: 'Makes sense of what is written.',
    ...change,
  };
}

const normalise = (change: Partial<LandedElement> = {}): ReturnType<typeof normaliseElement> =>
  normaliseElement(landed(change), SKILLS, new Map());

describe('normaliseElement', () => {
  it('makes the description of a skill', () => {
    expect(normalise()).toEqual({
      row: { elementId: '2.A.1.a', description: 'Makes sense of what is written.' },
    });
  });

  it('keeps quotes and other characters as they are', () => {
    expect(normalise({ description: ' Reads "menus" – in cafés 🍰. ' })).toMatchObject({
      row: { description: 'Reads "menus" – in cafés 🍰.' },
    });
  });

  it.each(['1', '1.A', '2.A', '2.A.1', '2.A.1.b', '2.C.1.a', '4.A.2.a.1.I01', '2.a.1.a'])(
    'does not need element %s, which is no skill of the release, whatever is said of it',
    (element_id) => {
      expect(normalise({ element_id })).toEqual({ unneeded: true });
      expect(normalise({ element_id, description: null })).toEqual({ unneeded: true });
    },
  );

  it.each([
    ['BAD_ELEMENT_ID', { element_id: null }, 'Element ID is no value, not of the form 2.A.1.a'],
    ['BAD_ELEMENT_ID', { element_id: '' }, 'Element ID is "", not of the form 2.A.1.a'],
    ['BAD_ELEMENT_ID', { element_id: '2.A.1.a ' }, 'Element ID is "2.A.1.a ", not of the form 2.A.1.a'],
    ['BAD_ELEMENT_ID', { element_id: '2,A,1,a' }, 'Element ID is "2,A,1,a", not of the form 2.A.1.a'],
    [
      'BAD_ELEMENT_ID',
      { element_id: '2.A.1.a.1.a.1.a.1.a.1' },
      'Element ID is "2.A.1.a.1.a.1.a.1.a.1", not of the form 2.A.1.a',
    ],
    ['MISSING_VALUE', { description: null }, 'Description is empty'],
    ['MISSING_VALUE', { description: ' ' }, 'Description is empty'],
    ['MISSING_VALUE', { description: 'n/a' }, 'Description is empty'],
    ['VALUE_TOO_LONG', { description: 'x'.repeat(8001) }, 'Description has 8001 characters, more than 8000'],
    ['BAD_CHARACTER', { description: 'Reads\0.' }, 'Description has the control character U+0000 at place 6'],
    ['BAD_CHARACTER', { description: 'Reads.\nWrites.' }, 'Description has the control character U+000A at place 7'],
    ['BAD_CHARACTER', { description: 'Reads\u009b.' }, 'Description has the control character U+009B at place 6'],
  ])('rejects with %s and a reason that names column and value', (code, change, reason) => {
    expect(normalise(change)).toEqual({ rejection: { code, reason } });
  });

  it('takes a description of exactly the length allowed', () => {
    expect(normalise({ description: 'x'.repeat(8000) })).toHaveProperty('row');
  });

  it('rejects a skill that was described before, and says in which line', () => {
    const lines = new Map<string, number>();
    normaliseElement(landed({ line_no: 4 }), SKILLS, lines);
    expect(normaliseElement(landed({ line_no: 9, description: 'Else.' }), SKILLS, lines)).toEqual({
      rejection: { code: 'DUPLICATE_KEY', reason: '2.A.1.a was given in line 4 already; that line is used' },
    });
  });

  it('uses the second of two rows where the first cannot be used', () => {
    const lines = new Map<string, number>();
    normaliseElement(landed({ line_no: 4, description: '' }), SKILLS, lines);
    expect(normaliseElement(landed({ line_no: 9 }), SKILLS, lines)).toHaveProperty('row');
  });
});
