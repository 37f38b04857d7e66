import fc from 'fast-check';
import { completeRatings, ratingRow, SKILLS } from '../../../../test/support/snapshots';
import { RatingTable } from './rating-table';

const FIRST = '11-1011.00';
const SECOND = '15-1252.00';

const newTable = (capacity = 2): RatingTable =>
  new RatingTable(
    SKILLS.map(({ elementId }) => elementId),
    capacity,
  );

describe('RatingTable', () => {
  it('gives rated occupations their rows in the order they come', () => {
    const table = newTable();
    const rows = [FIRST, SECOND].map((code) => table.add(completeRatings(code, ['1', '2', '3'])).row);
    expect(rows).toEqual([0, 1]);
  });

  it('holds levels in whole hundredths, skill after skill', () => {
    const table = newTable();
    table.add(completeRatings(FIRST, ['4.75', '0', '1.12']));
    expect([...table.columns().level.values]).toEqual([475, 0, 112]);
  });

  it('holds every level of two decimals exactly, as text or as a number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 700 }), fc.boolean(), (hundredths, asText) => {
        const table = newTable(1);
        const text = (hundredths / 100).toFixed(2);
        const [reading, ...others] = completeRatings(FIRST, ['0', '0', '0']).reverse();
        table.add([ratingRow({ ...reading!, data_value: asText ? text : Number(text) }), ...others]);
        expect(table.columns().level.values[2]).toBe(hundredths);
      }),
    );
  });

  it('keeps level and importance apart', () => {
    const table = newTable();
    table.add(completeRatings(FIRST, ['4.75', '0', '1.12']));
    expect([...table.columns().importance.values]).toEqual([300, 300, 300]);
  });

  it('does not take an occupation for rated that lacks one rating', () => {
    expect(newTable().add(completeRatings(FIRST, ['1', '2', '3']).slice(1))).toEqual({ row: -1, ratingCount: 5 });
  });

  it('does not take an occupation for rated that has levels only', () => {
    const levels = completeRatings(FIRST, ['1', '2', '3']).filter((row) => row.scale_id === 'LV');
    expect(newTable().add(levels)).toEqual({ row: -1, ratingCount: 3 });
  });

  it('does not take an occupation without ratings for rated', () => {
    expect(newTable().add([])).toEqual({ row: -1, ratingCount: 0 });
  });

  it('takes no occupation for rated where the release has no skills', () => {
    expect(new RatingTable([], 1).add([])).toEqual({ row: -1, ratingCount: 0 });
  });

  it('leaves nothing of an incomplete occupation behind in the next one', () => {
    const table = newTable();
    const suppressed = completeRatings(FIRST, ['6', '6', '6']).map((row) =>
      ratingRow({ ...row, n: 99, recommend_suppress: 'Y', not_relevant: 'Y' }),
    );
    table.add(suppressed.slice(1));
    table.add(completeRatings(SECOND, ['1', '2', '3']));

    const untouched = newTable();
    untouched.add(completeRatings(SECOND, ['1', '2', '3']));
    expect(table.columns()).toEqual(untouched.columns());
  });

  it('has no cells for occupations that are not rated', () => {
    const table = newTable();
    table.add(completeRatings(FIRST, ['1', '2', '3']));
    table.add([]);
    expect(table.columns().level.values).toHaveLength(SKILLS.length);
  });

  it.each([
    ['scales', { scale_id: 'EX' }],
    ['elements', { element_id: '2.C.1.a' }],
  ])('passes over ratings on other %s', (_what, other) => {
    const table = newTable();
    const extra = ratingRow({ ...completeRatings(FIRST, ['1', '2', '3'])[0]!, ...other, data_value: '77' });
    const { row } = table.add([extra, ...completeRatings(FIRST, ['1', '2', '3'])]);
    expect({ row, levels: [...table.columns().level.values] }).toEqual({ row: 0, levels: [100, 200, 300] });
  });

  it('does not let a rating on another scale stand in for one that is missing', () => {
    const [first, ...others] = completeRatings(FIRST, ['1', '2', '3']);
    expect(newTable().add([ratingRow({ ...first!, scale_id: 'EX' }), ...others]).row).toBe(-1);
  });

  it('counts all rows it was given, on whatever scale', () => {
    const table = newTable();
    table.add([
      ...completeRatings(FIRST, ['1', '2', '3']),
      ratingRow({ ...completeRatings(FIRST, [])[0]!, scale_id: 'EX' }),
    ]);
    table.add(completeRatings(SECOND, ['1', '2', '3']).slice(1));
    expect(table.rowsSeen).toBe(12);
  });
});
