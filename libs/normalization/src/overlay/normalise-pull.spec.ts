import { soc } from '../../../../test/support/snapshots';
import type { NormalisedScale } from '../rules/scale-rule';
import type { LandedValue } from '../rules/values';
import { LANDING_COLUMNS } from '../table-targets';
import { normalisePull, type NormalisedPull, type ReleaseFrame } from './normalise-pull';
import type { PulledTable } from './pulled-table';

const CODE = '15-2051.00';
const OTHER = '11-1011.00';

const SKILLS = new Map([
  ['2.A.1.a', 'Reading Comprehension'],
  ['2.B.3.e', 'Programming'],
]);

const FRAME: ReleaseFrame = {
  skills: SKILLS,
  scales: new Map<string, NormalisedScale>([
    ['IM', { id: 'IM', name: 'Importance', minimum: 1, maximum: 5 }],
    ['LV', { id: 'LV', name: 'Level', minimum: 0, maximum: 7 }],
  ]),
};

type Cells = Readonly<Record<string, LandedValue>>;

const occupationTable = (...rows: readonly Cells[]): PulledTable => ({
  name: 'occupation_data',
  landingTable: 'landing_occupations',
  rows: rows.map((row) => LANDING_COLUMNS.landing_occupations.map((column) => row[column] ?? null)),
});

const skillTable = (rows: readonly Cells[], name = 'skills'): PulledTable => ({
  name,
  landingTable: 'landing_skills',
  rows: rows.map((row) => LANDING_COLUMNS.landing_skills.map((column) => row[column] ?? null)),
});

const OCCUPATION = { onetsoc_code: CODE, title: 'Data Scientists', description: 'They do.' };

const rating = (elementId: string, scaleId: string, changed: Cells = {}): Cells => ({
  onetsoc_code: CODE,
  element_id: elementId,
  element_name: SKILLS.get(elementId) ?? null,
  scale_id: scaleId,
  data_value: '3.12',
  n: '8',
  standard_error: '0.125',
  lower_ci_bound: '2.5',
  upper_ci_bound: '3.5',
  recommend_suppress: 'N',
  not_relevant: scaleId === 'LV' ? 'N' : null,
  date_updated: '2023-08-01',
  domain_source: 'Analyst',
  ...changed,
});

/** A level and an importance of both skills; lines 1 to 4. */
const COMPLETE = [...SKILLS.keys()].flatMap((elementId) => [rating(elementId, 'IM'), rating(elementId, 'LV')]);

/** The complete ratings with one line changed, counted from 1. */
const withLine = (line: number, changed: Cells): Cells[] =>
  COMPLETE.map((row, index) => (index === line - 1 ? { ...row, ...changed } : row));

const normalise = (ratings: readonly Cells[], ...occupations: readonly Cells[]): NormalisedPull =>
  normalisePull(
    soc(CODE),
    [occupationTable(...(occupations.length === 0 ? [OCCUPATION] : occupations)), skillTable(ratings)],
    FRAME,
  );

/** Table, line and kind of fault of every rejected row. */
const faultsOf = ({ rejections }: NormalisedPull): unknown[] =>
  rejections.map(({ sourceFile, lineNo, code }) => [sourceFile, lineNo, code]);

describe('normalisePull', () => {
  it('takes complete rows as they are', () => {
    const pull = normalise(COMPLETE);
    expect(pull).toMatchObject({ complete: true, wanted: 4, found: 4, rejections: [], skills: SKILLS });
    expect(pull.occupation).toEqual({ code: CODE, title: 'Data Scientists', description: 'They do.' });
    expect(pull.ratings[1]).toEqual({
      code: CODE,
      elementId: '2.A.1.a',
      scaleId: 'LV',
      dataValue: '3.12',
      n: 8,
      standardError: '0.125',
      lowerCiBound: '2.5',
      upperCiBound: '3.5',
      recommendSuppress: 'N',
      notRelevant: 'N',
      dateUpdated: '2023-08-01',
      domainSource: 'Analyst',
    });
  });

  it('takes the rows of two tables of skills together', () => {
    const tables = [
      occupationTable(OCCUPATION),
      skillTable(COMPLETE.slice(0, 2), 'essential_skills'),
      skillTable(COMPLETE.slice(2), 'transferable_skills'),
    ];
    expect(normalisePull(soc(CODE), tables, FRAME)).toMatchObject({ complete: true, found: 4, rejections: [] });
  });

  it('tells the table and the line there of a row that it rejects', () => {
    const tables = [
      occupationTable(OCCUPATION),
      skillTable(COMPLETE.slice(0, 2), 'essential_skills'),
      skillTable(withLine(4, { data_value: '9' }).slice(2), 'transferable_skills'),
    ];
    const pull = normalisePull(soc(CODE), tables, FRAME);
    expect(faultsOf(pull)).toEqual([['transferable_skills', 2, 'OUT_OF_SCALE']]);
    expect(pull.rejections[0]?.raw).toBe(
      '15-2051.00\t2.B.3.e\tProgramming\tLV\t9\t8\t0.125\t2.5\t3.5\tN\tN\t2023-08-01\tAnalyst',
    );
  });

  it('is not complete where one rating is missing, though nothing is wrong with the others', () => {
    expect(normalise(COMPLETE.slice(1))).toMatchObject({ complete: false, wanted: 4, found: 3, rejections: [] });
  });

  it.each<[string, Cells, string]>([
    ['figure', { data_value: 'lost' }, 'NOT_A_NUMBER'],
    ['figure that is missing', { data_value: null }, 'NOT_A_NUMBER'],
    ['flag', { not_relevant: 'maybe' }, 'BAD_FLAG'],
    ['scale', { scale_id: 'XX' }, 'UNKNOWN_SCALE'],
    ['skill that the release does not have', { element_id: '2.C.1.a' }, 'UNKNOWN_ELEMENT'],
  ])('is not complete where one row has a damaged %s', (_, changed, code) => {
    const pull = normalise(withLine(2, changed));
    expect(pull).toMatchObject({ complete: false, found: 3 });
    expect(faultsOf(pull)).toEqual([['skills', 2, code]]);
  });

  it('takes the first of two rows with one key', () => {
    const pull = normalise([...COMPLETE, rating('2.A.1.a', 'LV', { data_value: '6' })]);
    expect([pull.complete, pull.found, pull.ratings[1]?.dataValue]).toEqual([true, 4, '3.12']);
    expect(faultsOf(pull)).toEqual([['skills', 5, 'DUPLICATE_KEY']]);
  });

  it('does not let a second rating of one skill stand in for the missing one of another', () => {
    const pull = normalise([...COMPLETE.slice(0, 3), rating('2.A.1.a', 'LV')]);
    expect([pull.complete, pull.found]).toEqual([false, 3]);
  });

  it('is complete with a skill more than the release has, which it passes over', () => {
    const more = ['IM', 'LV'].map((scaleId) => rating('2.B.5.z', scaleId, { element_name: 'Something New' }));
    const pull = normalise([...COMPLETE, ...more]);
    expect([pull.complete, pull.ratings.length, [...pull.skills.keys()]]).toEqual([true, 4, [...SKILLS.keys()]]);
    expect(faultsOf(pull)).toEqual([
      ['skills', 5, 'UNKNOWN_ELEMENT'],
      ['skills', 6, 'UNKNOWN_ELEMENT'],
    ]);
  });

  it('takes a skill of the release under the name that it has now', () => {
    const renamed = COMPLETE.map((row) =>
      row['element_id'] === '2.B.3.e' ? { ...row, element_name: 'Writing Programs' } : row,
    );
    const pull = normalise(renamed);
    expect(pull).toMatchObject({ complete: true, rejections: [] });
    expect(pull.skills.get('2.B.3.e')).toBe('Writing Programs');
  });

  it('uses no row of another occupation, and rejects its ratings', () => {
    const pull = normalise(
      [...COMPLETE, { ...rating('2.A.1.a', 'LV'), onetsoc_code: OTHER }],
      { ...OCCUPATION, onetsoc_code: OTHER, title: 'Chief Executives' },
      OCCUPATION,
    );
    expect([pull.occupation?.title, pull.complete, pull.ratings.length]).toEqual(['Data Scientists', true, 4]);
    expect(faultsOf(pull)).toEqual([['skills', 5, 'UNKNOWN_OCCUPATION']]);
  });

  it('has no occupation where there are rows of others only', () => {
    expect(normalise([], { ...OCCUPATION, onetsoc_code: OTHER }).occupation).toBeNull();
  });

  it('is not complete without any rating, and nothing is wrong with that', () => {
    const pull = normalise([]);
    expect(pull).toMatchObject({ complete: false, wanted: 4, found: 0, ratings: [], rejections: [] });
    expect(pull.occupation?.code).toBe(CODE);
  });

  it('has no occupation where its row cannot be used', () => {
    const pull = normalise(COMPLETE, { ...OCCUPATION, title: null });
    expect([pull.occupation, pull.complete]).toEqual([null, true]);
    expect(faultsOf(pull)).toEqual([['occupation_data', 1, 'MISSING_VALUE']]);
  });

  it('takes the first of two rows of the occupation', () => {
    const pull = normalise(COMPLETE, OCCUPATION, { ...OCCUPATION, title: 'Others' });
    expect(pull.occupation?.title).toBe('Data Scientists');
    expect(faultsOf(pull)).toEqual([['occupation_data', 2, 'DUPLICATE_KEY']]);
  });

  it('counts ratings that it needs, and no others', () => {
    const scales = new Map([...FRAME.scales, ['CT', { id: 'CT', name: 'Context', minimum: 1, maximum: 3 }]]);
    const tables = [
      occupationTable(OCCUPATION),
      skillTable([...COMPLETE.slice(1), rating('2.A.1.a', 'CT', { data_value: '2' })]),
    ];
    expect(normalisePull(soc(CODE), tables, { ...FRAME, scales })).toMatchObject({
      complete: false,
      wanted: 4,
      found: 3,
    });
  });
});
