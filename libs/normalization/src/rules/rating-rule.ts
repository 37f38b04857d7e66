import type { OnetSocCode } from '@app/common';
import { applyRule, RowFault, type RuleResult } from './rejection';
import type { RatingLedger } from './rating-ledger';
import { checkWithin, type NormalisedScale } from './scale-rule';
import {
  decimal,
  onetSocCode,
  optionalDecimal,
  optionalFlag,
  optionalMonth,
  optionalText,
  optionalWholeNumber,
  shown,
  type LandedValue,
} from './values';

export interface LandedRating {
  readonly source_file: string;
  readonly line_no: number;
  readonly onetsoc_code: LandedValue;
  readonly element_id: LandedValue;
  readonly element_name: LandedValue;
  readonly scale_id: LandedValue;
  readonly data_value: LandedValue;
  readonly n: LandedValue;
  readonly standard_error: LandedValue;
  readonly lower_ci_bound: LandedValue;
  readonly upper_ci_bound: LandedValue;
  readonly recommend_suppress: LandedValue;
  readonly not_relevant: LandedValue;
  readonly date_updated: LandedValue;
  readonly domain_source: LandedValue;
}

/** A row of `occupation_skills`; decimals stay as they were written. */
export interface NormalisedRating {
  readonly code: OnetSocCode;
  readonly elementId: string;
  readonly scaleId: string;
  readonly dataValue: string;
  readonly n: number | null;
  readonly standardError: string | null;
  readonly lowerCiBound: string | null;
  readonly upperCiBound: string | null;
  readonly recommendSuppress: 'Y' | 'N' | null;
  readonly notRelevant: 'Y' | 'N' | null;
  readonly dateUpdated: string | null;
  readonly domainSource: string | null;
}

/** What a rating may refer to. */
export interface RatingContext {
  /** Names of the skills of the release by element id. */
  readonly skills: ReadonlyMap<string, string>;
  readonly scales: ReadonlyMap<string, NormalisedScale>;
  readonly ledger: RatingLedger;
}

const MAX_SOURCE = 64;

/** Checks one rating against what the release lists, and enters it into the ledger. */
export function normaliseRating(landed: LandedRating, context: RatingContext): RuleResult<NormalisedRating> {
  return applyRule(() => {
    const code = onetSocCode(landed.onetsoc_code);
    if (!context.ledger.knows(code)) {
      throw new RowFault('UNKNOWN_OCCUPATION', `O*NET-SOC Code ${code} is not among the occupations of the release`);
    }
    const elementId = knownElement(landed, context.skills);
    const scale = context.scales.get(landed.scale_id ?? '');
    if (scale === undefined) {
      throw new RowFault('UNKNOWN_SCALE', `Scale ID is ${shown(landed.scale_id)}, not among the scales of the release`);
    }
    const dataValue = decimal('Data Value', landed.data_value, 2);
    checkWithin(scale, 'Data Value', dataValue);
    const rating = {
      code,
      elementId,
      scaleId: scale.id,
      dataValue,
      n: notNegative('N', optionalWholeNumber('N', landed.n), landed.n),
      standardError: notNegative(
        'Standard Error',
        optionalDecimal('Standard Error', landed.standard_error, 4),
        landed.standard_error,
      ),
      lowerCiBound: optionalDecimal('Lower CI Bound', landed.lower_ci_bound, 4),
      upperCiBound: optionalDecimal('Upper CI Bound', landed.upper_ci_bound, 4),
      recommendSuppress: optionalFlag('Recommend Suppress', landed.recommend_suppress),
      notRelevant: optionalFlag('Not Relevant', landed.not_relevant),
      dateUpdated: optionalMonth('Date', landed.date_updated),
      domainSource: optionalText('Domain Source', landed.domain_source, MAX_SOURCE),
    };
    const first = context.ledger.enter(code, elementId, scale.id, landed.line_no);
    if (first !== null) {
      const key = `${code} ${elementId} ${scale.id}`;
      throw new RowFault('DUPLICATE_KEY', `${key} was given in line ${first} already; that line is used`);
    }
    return rating;
  });
}

function notNegative<T extends string | number | null>(column: string, value: T, given: string | null): T {
  if (value !== null && Number(value) < 0) throw new RowFault('NOT_A_NUMBER', `${column} is ${shown(given)}, below 0`);
  return value;
}

function knownElement(landed: LandedRating, skills: ReadonlyMap<string, string>): string {
  const elementId = landed.element_id ?? '';
  const name = skills.get(elementId);
  if (name === undefined) {
    throw new RowFault('UNKNOWN_ELEMENT', `Element ID is ${shown(landed.element_id)}, not a skill of the release`);
  }
  if (name !== landed.element_name) {
    const given = shown(landed.element_name);
    throw new RowFault('UNKNOWN_ELEMENT', `Element ${elementId} is named ${given}, elsewhere ${shown(name)}`);
  }
  return elementId;
}
