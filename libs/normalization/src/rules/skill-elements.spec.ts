import { type ElementCount, skillElements } from './skill-elements';

const count = (id: string | null, name: string | null, rows: number): ElementCount => ({
  element_id: id,
  element_name: name,
  rows,
});

const READING = count('2.A.1.a', 'Reading Comprehension', 1788);
const PROGRAMMING = count('2.B.3.e', 'Programming', 1788);

/** What is found beside two skills that are beyond doubt. */
function foundBeside(...others: readonly ElementCount[]): [string, string][] {
  const known = [READING.element_id, PROGRAMMING.element_id];
  return [...skillElements([READING, PROGRAMMING, ...others])].filter(([id]) => !known.includes(id));
}

describe('skillElements', () => {
  it('finds basic and cross-functional skills with their names', () => {
    expect([...skillElements([READING, PROGRAMMING])]).toEqual([
      ['2.A.1.a', 'Reading Comprehension'],
      ['2.B.3.e', 'Programming'],
    ]);
  });

  it.each([
    ['knowledge', '2.C.1.a'],
    ['an ability', '1.A.1.a.1'],
    ['a work activity', '4.A.1.a.1'],
    ['the group of basic skills itself', '2.A'],
    ['an id with a blank', '2.A.1.a '],
    ['an id with an empty part', '2.A..a'],
    ['an empty id', ''],
  ])('does not take %s for a skill, however often it is rated', (_what, id) => {
    expect(foundBeside(count(id, 'Something', 1788))).toEqual([]);
  });

  it('finds no skill in a table of knowledge', () => {
    expect(skillElements([count('2.C.1.a', 'Administration and Management', 1788)]).size).toBe(0);
  });

  it('finds no skill where nothing was landed', () => {
    expect(skillElements([]).size).toBe(0);
  });

  it('does not take a mistyped id for one more skill', () => {
    expect(foundBeside(count('2.B.3.f', 'Programming', 1))).toEqual([]);
  });

  it('does not take an element with less than half the rows of the most frequent one for a skill', () => {
    expect(foundBeside(count('2.B.3.f', 'Quality Control', 893))).toEqual([]);
  });

  it('takes an element with half the rows of the most frequent one for a skill', () => {
    expect(foundBeside(count('2.B.3.f', 'Quality Control', 894))).toEqual([['2.B.3.f', 'Quality Control']]);
  });

  it('counts the rows of an id under all of its names', () => {
    expect(foundBeside(count('2.B.3.f', 'Quality Control', 500), count('2.B.3.f', 'Quality Check', 400))).toEqual([
      ['2.B.3.f', 'Quality Control'],
    ]);
  });

  it.each([
    ['before', [1, 1787]],
    ['after', [1787, 1]],
  ] as const)('takes the most frequent of several names, whether it comes %s the other', (_where, [first, second]) => {
    const names = first > second ? ['Quality Control', 'Qualty Control'] : ['Qualty Control', 'Quality Control'];
    expect(foundBeside(count('2.B.3.f', names[0]!, first), count('2.B.3.f', names[1]!, second))).toEqual([
      ['2.B.3.f', 'Quality Control'],
    ]);
  });

  it.each([
    ['no id', count(null, 'Quality Control', 1788)],
    ['no name', count('2.B.3.f', null, 1788)],
    ['a blank name', count('2.B.3.f', '  ', 1788)],
    ['a name that is too long', count('2.B.3.f', 'x'.repeat(256), 1788)],
  ])('passes over rows with %s', (_what, faulty) => {
    expect(foundBeside(faulty)).toEqual([]);
  });
});
