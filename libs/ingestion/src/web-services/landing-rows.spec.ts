import { LANDING_COLUMNS } from '@app/normalization';
import { toLandingRows } from './landing-rows';

describe('toLandingRows', () => {
  it('gives values in the order of the columns of the landing table, whatever order they came in', () => {
    const row = { description: 'They do.', title: 'Data Scientists', onetsoc_code: '15-2051.00' };
    expect(toLandingRows('occupation_data', 'landing_occupations', [row])).toEqual({
      name: 'occupation_data',
      landingTable: 'landing_occupations',
      rows: [['15-2051.00', 'Data Scientists', 'They do.']],
    });
  });

  it('leaves out what there is no column for', () => {
    const [row] = toLandingRows('skills', 'landing_skills', [{ scale_name: 'Level', scale_id: 'LV' }]).rows;
    expect(row).not.toContain('Level');
    expect(row).toHaveLength(LANDING_COLUMNS.landing_skills.length);
  });

  it('has no value where there is none, or no such column', () => {
    const row = { onetsoc_code: '15-2051.00', title: null };
    expect(toLandingRows('occupation_data', 'landing_occupations', [row]).rows).toEqual([['15-2051.00', null, null]]);
  });

  it.each([
    [3.12, '3.12'],
    [0.12, '0.12'],
    [3.1, '3.1'],
    [3, '3'],
    [0, '0'],
    [-3, '-3'],
    [0.0001, '0.0001'],
    [1234567, '1234567'],
  ])('writes the number %p as %p', (value, text) => {
    const { rows } = toLandingRows('scales_reference', 'landing_scales', [{ minimum: value }]);
    expect(rows).toEqual([[null, null, text, null]]);
  });

  it('keeps texts as they are, be they empty', () => {
    const row = { onetsoc_code: ' 15-2051.00', title: '', description: 'a\tb\nc' };
    expect(toLandingRows('occupation_data', 'landing_occupations', [row]).rows).toEqual([
      [' 15-2051.00', '', 'a\tb\nc'],
    ]);
  });

  it('has no rows where there are none', () => {
    expect(toLandingRows('skills', 'landing_skills', []).rows).toEqual([]);
  });
});
