import fc from 'fast-check';
import { qualityConcerns } from './quality';

describe('qualityConcerns', () => {
  it('has none about a first release without incomplete occupations', () => {
    expect(qualityConcerns({ rated: 894, incomplete: 0, ratedInService: null })).toEqual([]);
  });

  it('has none about a release like the one in service', () => {
    expect(qualityConcerns({ rated: 894, incomplete: 0, ratedInService: 894 })).toEqual([]);
  });

  it('accepts exactly 1 % of incomplete occupations, however many occupations there are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (incomplete) => {
        expect(qualityConcerns({ rated: incomplete * 99, incomplete, ratedInService: null })).toEqual([]);
      }),
    );
  });

  it('objects to one incomplete occupation more than 1 %, however many occupations there are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (percent) => {
        const quality = { rated: percent * 99 - 1, incomplete: percent + 1, ratedInService: null };
        expect(qualityConcerns(quality)).toHaveLength(1);
      }),
    );
  });

  it('says how many of how many occupations are incomplete', () => {
    expect(qualityConcerns({ rated: 98, incomplete: 2, ratedInService: null })).toEqual([
      '2 of 100 occupations with ratings are incomplete (more than 1 %)',
    ]);
  });

  it('accepts exactly 20 % fewer rated occupations, however many there were', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (fifth) => {
        expect(qualityConcerns({ rated: fifth * 4, incomplete: 0, ratedInService: fifth * 5 })).toEqual([]);
      }),
    );
  });

  it('objects to one rated occupation less than that, however many there were', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (fifth) => {
        expect(qualityConcerns({ rated: fifth * 4 - 1, incomplete: 0, ratedInService: fifth * 5 })).toHaveLength(1);
      }),
    );
  });

  it('says how many occupations are rated, here and in the active release', () => {
    expect(qualityConcerns({ rated: 63, incomplete: 0, ratedInService: 894 })).toEqual([
      'it rates 63 occupations, more than 20 % fewer than the 894 of the active release',
    ]);
  });

  it('has nothing against more rated occupations than before', () => {
    expect(qualityConcerns({ rated: 894, incomplete: 0, ratedInService: 63 })).toEqual([]);
  });

  it('lists both concerns where there are two', () => {
    expect(qualityConcerns({ rated: 50, incomplete: 50, ratedInService: 100 })).toHaveLength(2);
  });
});
