import { applyRule, RowFault, type RuleResult } from './rejection';
import { requiredText, wholeNumber, type LandedValue } from './values';

export interface LandedScale {
  readonly line_no: number;
  readonly scale_id: LandedValue;
  readonly scale_name: LandedValue;
  readonly minimum: LandedValue;
  readonly maximum: LandedValue;
}

export interface NormalisedScale {
  readonly id: string;
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
}

const MAX_ID = 3;
const MAX_NAME = 255;

/** @param firstLines line of each scale met so far; the rule adds this one */
export function normaliseScale(landed: LandedScale, firstLines: Map<string, number>): RuleResult<NormalisedScale> {
  return applyRule(() => {
    const id = requiredText('Scale ID', landed.scale_id, MAX_ID);
    const name = requiredText('Scale Name', landed.scale_name, MAX_NAME);
    const minimum = wholeNumber('Minimum', landed.minimum);
    const maximum = wholeNumber('Maximum', landed.maximum);
    if (minimum >= maximum) {
      throw new RowFault('OUT_OF_SCALE', `Minimum ${minimum} is not below Maximum ${maximum}`);
    }
    const first = firstLines.get(id);
    if (first !== undefined) {
      throw new RowFault('DUPLICATE_KEY', `${id} was given in line ${first} already; that line is used`);
    }
    firstLines.set(id, landed.line_no);
    return { id, name, minimum, maximum };
  });
}
