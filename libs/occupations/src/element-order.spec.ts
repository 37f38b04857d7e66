import fc from 'fast-check';
import { compareElementIds } from './element-order';

/** Ids as O*NET builds them: numbers, then perhaps letters. */
const elementId = fc
  .tuple(
    fc.array(fc.integer({ min: 1, max: 20 }).map(String), { minLength: 1, maxLength: 3 }),
    fc.array(fc.constantFrom('A', 'B', 'C', 'a', 'b', 'm'), { maxLength: 2 }),
  )
  .map(([numbers, letters]) => [...numbers, ...letters].join('.'));

describe('compareElementIds', () => {
  it('takes numbers by their value, not by their first digit', () => {
    expect(['2.B.10.a', '2.B.9.a', '2.B.1.a'].sort(compareElementIds)).toEqual(['2.B.1.a', '2.B.9.a', '2.B.10.a']);
  });

  it('takes letters in order of the alphabet', () => {
    expect(['2.B.3.m', '2.A.1.a', '2.B.3.a'].sort(compareElementIds)).toEqual(['2.A.1.a', '2.B.3.a', '2.B.3.m']);
  });

  it('puts an element before the elements under it', () => {
    expect(['2.A.1.a', '2.A', '2.A.1'].sort(compareElementIds)).toEqual(['2.A', '2.A.1', '2.A.1.a']);
  });

  it('finds an element equal to itself only', () => {
    fc.assert(
      fc.property(elementId, elementId, (a, b) => {
        expect(compareElementIds(a, b) === 0).toBe(a === b);
      }),
    );
  });

  it('turns its answer round when the elements are given the other way round', () => {
    fc.assert(
      fc.property(elementId, elementId, (a, b) => {
        expect(Math.sign(compareElementIds(a, b)) + Math.sign(compareElementIds(b, a))).toBe(0);
      }),
    );
  });

  it('leads to the same order from whatever order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(elementId), (ids) => {
        expect([...ids].reverse().sort(compareElementIds)).toEqual([...ids].sort(compareElementIds));
      }),
    );
  });
});
