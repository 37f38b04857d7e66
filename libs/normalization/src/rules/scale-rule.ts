import { applyRule, claimKey, RowFault, type RuleResult } from './rejection';
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

export function scaleId(value: LandedValue): string {
  return requiredText('Scale ID', value, MAX_ID);
}

/** @throws RowFault where a number lies outside the scale */
export function checkWithin({ id, minimum, maximum }: NormalisedScale, column: string, given: string): void {
  const value = Number(given);
  if (value < minimum || value > maximum) {
    throw new RowFault('OUT_OF_SCALE', `${column} ${given} is outside scale ${id}, ${minimum} to ${maximum}`);
  }
}

/** @param firstLines line of each scale met so far; the rule adds this one */
export function normaliseScale(landed: LandedScale, firstLines: Map<string, number>): RuleResult<NormalisedScale> {
  return applyRule(() => {
    const id = scaleId(landed.scale_id);
    const name = requiredText('Scale Name', landed.scale_name, MAX_NAME);
    const minimum = wholeNumber('Minimum', landed.minimum);
    const maximum = wholeNumber('Maximum', landed.maximum);
    if (minimum >= maximum) {
      throw new RowFault('OUT_OF_SCALE', `Minimum ${minimum} is not below Maximum ${maximum}`);
    }
    claimKey(firstLines, id, landed.line_no);
    return { id, name, minimum, maximum };
  });
}
