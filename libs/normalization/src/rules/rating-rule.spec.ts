import { RatingLedger } from './rating-ledger';
import { type LandedRating, normaliseRating, type RatingContext } from './rating-rule';

const PROGRAMMING = '2.B.3.e';

function newContext(): RatingContext {
  const scales = [
    { id: 'IM', name: 'Importance', minimum: 1, maximum: 5 },
    { id: 'LV', name: 'Level', minimum: 0, maximum: 7 },
  ];
  const skills = new Map([
    ['2.A.1.a', 'Reading Comprehension'],
    [PROGRAMMING, 'Programming'],
  ]);
  return {
    skills,
    scales: new Map(scales.map((scale) => [scale.id, scale])),
    ledger: new RatingLedger(['15-1252.00', '15-2051.00'], [...skills.keys()], ['IM', 'LV']),
  };
}

function landed(change: Partial<LandedRating> = {}): LandedRating {
  return {
    source_file: 'Skills.txt',
    line_no: 2,
    onetsoc_code: '15-1252.00',
    element_id: PROGRAMMING,
    element_name: 'Programming',
    scale_id: 'LV',
    data_value: '5.12',
    n: '8',
    standard_error: '0.2266',
    lower_ci_bound: '4.6809',
    upper_ci_bound: '5.5691',
    recommend_suppress: 'N',
    not_relevant: 'N',
    date_updated: '08/2023',
    domain_source: 'Analyst',
    ...change,
  };
}

describe('normaliseRating', () => {
  it('makes a rating of a row of the text files, decimals as they were written', () => {
    expect(normaliseRating(landed(), newContext())).toEqual({
      row: {
        code: '15-1252.00',
        elementId: PROGRAMMING,
        scaleId: 'LV',
        dataValue: '5.12',
        n: 8,
        standardError: '0.2266',
        lowerCiBound: '4.6809',
        upperCiBound: '5.5691',
        recommendSuppress: 'N',
        notRelevant: 'N',
        dateUpdated: '2023-08-01',
        domainSource: 'Analyst',
      },
    });
  });

  it.each([
    ['n/a', 'the text files'],
    [null, 'the Web Services'],
  ])('reads %p of %s as no value in every column that may have none', (absent, _of) => {
    const change = {
      n: absent,
      standard_error: absent,
      lower_ci_bound: absent,
      upper_ci_bound: absent,
      recommend_suppress: absent,
      not_relevant: absent,
      date_updated: absent,
      domain_source: absent,
    };
    expect(normaliseRating(landed(change), newContext())).toMatchObject({
      row: {
        n: null,
        standardError: null,
        lowerCiBound: null,
        upperCiBound: null,
        recommendSuppress: null,
        notRelevant: null,
        dateUpdated: null,
        domainSource: null,
      },
    });
  });

  it('reads the ISO date of the Web Services', () => {
    expect(normaliseRating(landed({ date_updated: '2023-08-01' }), newContext())).toMatchObject({
      row: { dateUpdated: '2023-08-01' },
    });
  });

  it('keeps a rating that O*NET advises to suppress, with the flag', () => {
    expect(normaliseRating(landed({ recommend_suppress: 'Y' }), newContext())).toMatchObject({
      row: { dataValue: '5.12', recommendSuppress: 'Y' },
    });
  });

  it('keeps the level of a skill that is not relevant', () => {
    expect(normaliseRating(landed({ not_relevant: 'Y', data_value: '0.12' }), newContext())).toMatchObject({
      row: { dataValue: '0.12', notRelevant: 'Y' },
    });
  });

  it.each([
    ['LV', '0'],
    ['LV', '7.00'],
    ['IM', '1.00'],
    ['IM', '5'],
  ])('takes a value at the bound of scale %s: %s', (scale, value) => {
    expect(normaliseRating(landed({ scale_id: scale, data_value: value }), newContext())).toMatchObject({
      row: { scaleId: scale },
    });
  });

  it.each([
    ['BAD_CODE', { onetsoc_code: '15-1252' }, 'O*NET-SOC Code is "15-1252", not of the form 15-1252.00'],
    [
      'UNKNOWN_OCCUPATION',
      { onetsoc_code: '15-9999.00' },
      'O*NET-SOC Code 15-9999.00 is not among the occupations of the release',
    ],
    ['UNKNOWN_ELEMENT', { element_id: '2.B.3.z' }, 'Element ID is "2.B.3.z", not a skill of the release'],
    ['UNKNOWN_ELEMENT', { element_id: null }, 'Element ID is no value, not a skill of the release'],
    ['UNKNOWN_ELEMENT', { element_name: 'Coding' }, 'Element 2.B.3.e is named "Coding", elsewhere "Programming"'],
    ['UNKNOWN_SCALE', { scale_id: 'EX' }, 'Scale ID is "EX", not among the scales of the release'],
    ['UNKNOWN_SCALE', { scale_id: 'lv' }, 'Scale ID is "lv", not among the scales of the release'],
    ['UNKNOWN_SCALE', { scale_id: null }, 'Scale ID is no value, not among the scales of the release'],
    ['NOT_A_NUMBER', { data_value: 'high' }, 'Data Value is "high", not a number'],
    ['NOT_A_NUMBER', { data_value: 'n/a' }, 'Data Value is "n/a", not a number'],
    ['NOT_A_NUMBER', { data_value: '5.125' }, 'Data Value is "5.125", with more than 2 decimals'],
    ['OUT_OF_SCALE', { data_value: '7.01' }, 'Data Value 7.01 is outside scale LV, 0 to 7'],
    ['OUT_OF_SCALE', { data_value: '-0.01' }, 'Data Value -0.01 is outside scale LV, 0 to 7'],
    ['OUT_OF_SCALE', { scale_id: 'IM', data_value: '0.99' }, 'Data Value 0.99 is outside scale IM, 1 to 5'],
    ['NOT_A_NUMBER', { n: '8.5' }, 'N is "8.5", not a whole number'],
    ['NOT_A_NUMBER', { standard_error: '0.22661' }, 'Standard Error is "0.22661", with more than 4 decimals'],
    ['NOT_A_NUMBER', { lower_ci_bound: 'low' }, 'Lower CI Bound is "low", not a number'],
    ['NOT_A_NUMBER', { upper_ci_bound: '5,5691' }, 'Upper CI Bound is "5,5691", not a number'],
    ['BAD_FLAG', { recommend_suppress: 'maybe' }, 'Recommend Suppress is "maybe", not Y, N or n/a'],
    ['BAD_FLAG', { not_relevant: 'y' }, 'Not Relevant is "y", not Y, N or n/a'],
    ['BAD_DATE', { date_updated: '13/2023' }, 'Date is "13/2023", not a month such as 08/2023'],
    ['VALUE_TOO_LONG', { domain_source: 'x'.repeat(65) }, 'Domain Source has 65 characters, more than 64'],
  ])('rejects with %s and a reason that names column and value: %j', (code, change, reason) => {
    expect(normaliseRating(landed(change), newContext())).toEqual({ rejection: { code, reason } });
  });

  it.each([
    ['N', { n: '-8' }],
    ['Standard Error', { standard_error: '-0.2266' }],
  ])('rejects a %s below 0, which no sample has', (column, change) => {
    expect(normaliseRating(landed(change), newContext())).toMatchObject({
      rejection: { reason: expect.stringContaining(`${column} is "-`) as string },
    });
  });

  it('rejects a rating that was there before, and says in which line', () => {
    const context = newContext();
    normaliseRating(landed({ line_no: 5 }), context);
    expect(normaliseRating(landed({ line_no: 6, data_value: '1' }), context)).toEqual({
      rejection: {
        code: 'DUPLICATE_KEY',
        reason: '15-1252.00 2.B.3.e LV was given in line 5 already; that line is used',
      },
    });
  });

  it('tells the same skill on two scales apart', () => {
    const context = newContext();
    normaliseRating(landed({ scale_id: 'IM', data_value: '3' }), context);
    expect(normaliseRating(landed(), context)).toMatchObject({ row: { scaleId: 'LV' } });
  });

  it('takes the next row of a rating whose first one could not be used', () => {
    const context = newContext();
    normaliseRating(landed({ data_value: '9' }), context);
    expect(normaliseRating(landed({ line_no: 3 }), context)).toMatchObject({ row: { dataValue: '5.12' } });
  });

  it('makes an occupation incomplete by a row that is rejected, rather than to read it as level 0', () => {
    const context = newContext();
    for (const [element, name] of context.skills) {
      for (const scale of ['IM', 'LV']) {
        const value = element === PROGRAMMING && scale === 'LV' ? 'n/a' : '3';
        normaliseRating(
          landed({ element_id: element, element_name: name, scale_id: scale, data_value: value }),
          context,
        );
      }
    }
    expect(context.ledger.summary()).toEqual({ rated: 0, incomplete: ['15-1252.00'] });
  });
});
