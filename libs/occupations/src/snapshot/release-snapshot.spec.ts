import { completeRatings, makeSnapshot, soc } from '../../../../test/support/snapshots';

const snapshot = makeSnapshot([
  { code: '11-1011.00', title: 'Chief Executives', ratings: completeRatings('11-1011.00', ['4.75', '0', '1.12']) },
  { code: '15-2051.00', title: 'Data Scientists' },
  { code: '49-9071.00', title: 'Repair Workers', ratings: completeRatings('49-9071.00', ['3', '3.50', '0.12']) },
]);

describe('ReleaseSnapshot', () => {
  it('finds an occupation by its code', () => {
    expect(snapshot.find(soc('15-2051.00'))?.title).toBe('Data Scientists');
  });

  it('finds nothing for a code that the release does not list', () => {
    expect(snapshot.find(soc('99-9999.99'))).toBeUndefined();
  });

  it('gives the levels of an occupation in whole hundredths, though one before it is not rated', () => {
    expect([...snapshot.levelsOf(snapshot.find(soc('49-9071.00'))!)]).toEqual([300, 350, 12]);
  });
});
