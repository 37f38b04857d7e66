import { completeRatings, makeSnapshot, soc } from '../../../test/support/snapshots';
import { thrownBy } from '../../../test/support/thrown-by';
import { findOccupation, findRatedOccupations, searchOccupations } from './occupation-queries';

const MANAGER = soc('11-1011.00');
const DEVELOPER = soc('15-1252.00');
const SCIENTIST = soc('15-2051.00');
const OFFICER = soc('55-1019.00');
const NOWHERE = soc('99-9999.99');
const NEVER = soc('88-8888.88');

const snapshot = makeSnapshot([
  { code: MANAGER, title: 'Chief Executives', ratings: completeRatings(MANAGER, ['4', '0', '1']) },
  { code: DEVELOPER, title: 'Software Developers', ratings: completeRatings(DEVELOPER, ['4', '1', '5']) },
  { code: SCIENTIST, title: 'Data Scientists', ratings: completeRatings(SCIENTIST, ['4', '1', '5']).slice(1) },
  { code: OFFICER, title: 'Military Officer Special and Tactical Operations Leaders, All Other' },
]);

describe('searchOccupations', () => {
  const codes = (query: string, page = 1, pageSize = 10): string[] =>
    searchOccupations(snapshot, query, page, pageSize).items.map(({ code }) => code);

  it('finds every occupation, in order of the codes, where nothing is asked for', () => {
    expect(codes('')).toEqual([MANAGER, DEVELOPER, SCIENTIST, OFFICER]);
  });

  it('takes blanks for nothing asked', () => {
    expect(codes(' \t ')).toHaveLength(4);
  });

  it('finds words of the title in any letter case', () => {
    expect(codes('sOfTwArE')).toEqual([DEVELOPER]);
  });

  it('finds parts of words', () => {
    expect(codes('develop')).toEqual([DEVELOPER]);
  });

  it('finds the beginning of a code', () => {
    expect(codes('15-')).toEqual([DEVELOPER, SCIENTIST]);
  });

  it('finds only what contains every word, in whatever order', () => {
    expect(codes('scientists 15- data')).toEqual([SCIENTIST]);
  });

  it('finds occupations that are not rated as well', () => {
    expect(codes('military')).toEqual([OFFICER]);
  });

  it('finds nothing where no title contains the word', () => {
    expect(searchOccupations(snapshot, 'astronaut', 1, 10)).toEqual({ items: [], total: 0 });
  });

  it('takes a pattern literally', () => {
    expect(codes('.*')).toEqual([]);
  });

  it('cuts out the page asked for', () => {
    expect(codes('', 2, 3)).toEqual([OFFICER]);
  });

  it('counts all that was found, whatever the page', () => {
    expect(searchOccupations(snapshot, '', 2, 3).total).toBe(4);
  });

  it('has an empty page behind the last one', () => {
    expect(codes('', 3, 3)).toEqual([]);
  });
});

describe('findOccupation', () => {
  it('finds a rated occupation', () => {
    expect(findOccupation(snapshot, DEVELOPER).title).toBe('Software Developers');
  });

  it('finds an occupation that is not rated', () => {
    expect(findOccupation(snapshot, OFFICER).ratingCount).toBe(0);
  });

  it('says which code is unknown, to which release, and where to search', () => {
    expect(thrownBy(() => findOccupation(snapshot, NOWHERE))).toMatchObject({
      code: 'OCCUPATION_NOT_FOUND',
      detail:
        '"code": 99-9999.99 is not an occupation of O*NET release 30.1. Search for codes at /api/v1/occupations?q=…',
      errors: [{ parameter: 'code', message: '99-9999.99 is not an occupation of O*NET release 30.1' }],
    });
  });
});

describe('findRatedOccupations', () => {
  const find = (...codes: ReturnType<typeof soc>[]): string[] =>
    findRatedOccupations(
      snapshot,
      codes.map((code, index) => ({ parameter: ['from', 'to'][index] ?? '', code })),
    ).map(({ title }) => title);

  it('finds the occupations in the order of the codes given', () => {
    expect(find(DEVELOPER, MANAGER)).toEqual(['Software Developers', 'Chief Executives']);
  });

  it('finds the same occupation twice', () => {
    expect(find(DEVELOPER, DEVELOPER)).toEqual(['Software Developers', 'Software Developers']);
  });

  it('names both parameters where both codes are unknown', () => {
    expect(thrownBy(() => find(NOWHERE, NEVER))).toMatchObject({
      code: 'OCCUPATION_NOT_FOUND',
      errors: [
        { parameter: 'from', message: '99-9999.99 is not an occupation of O*NET release 30.1' },
        { parameter: 'to', message: '88-8888.88 is not an occupation of O*NET release 30.1' },
      ],
    });
  });

  it('names both parameters where neither occupation is rated', () => {
    expect(thrownBy(() => find(OFFICER, SCIENTIST))).toMatchObject({
      code: 'OCCUPATION_NOT_RATED',
      errors: [{ parameter: 'from' }, { parameter: 'to' }],
    });
  });

  it('speaks of the unknown code first where the other occupation is not rated', () => {
    expect(thrownBy(() => find(OFFICER, NOWHERE))).toMatchObject({
      code: 'OCCUPATION_NOT_FOUND',
      errors: [{ parameter: 'to' }],
    });
  });

  it('says of an occupation without ratings that O*NET lists it without', () => {
    expect(thrownBy(() => find(MANAGER, OFFICER))).toMatchObject({
      detail:
        '"to": 55-1019.00 (Military Officer Special and Tactical Operations Leaders, All Other) is listed in O*NET ' +
        'release 30.1 without skill ratings.',
    });
  });

  it('says of an occupation with some ratings how many of them are there', () => {
    expect(thrownBy(() => find(MANAGER, SCIENTIST))).toMatchObject({
      detail:
        '"to": 15-2051.00 (Data Scientists) has incomplete skill ratings in the loaded copy of O*NET release 30.1: 5 of 6.',
    });
  });
});
