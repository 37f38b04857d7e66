import type { OnetSocCode } from '@app/common';
import { applyRule, claimKey, type RuleResult } from './rejection';
import { onetSocCode, requiredText, type LandedValue } from './values';

export interface LandedOccupation {
  readonly line_no: number;
  readonly onetsoc_code: LandedValue;
  readonly title: LandedValue;
  readonly description: LandedValue;
}

export interface NormalisedOccupation {
  readonly code: OnetSocCode;
  readonly title: string;
  readonly description: string;
}

const MAX_TITLE = 255;
const MAX_DESCRIPTION = 16_000;

/** @param firstLines line of each occupation met so far; the rule adds this one */
export function normaliseOccupation(
  landed: LandedOccupation,
  firstLines: Map<string, number>,
): RuleResult<NormalisedOccupation> {
  return applyRule(() => {
    const code = onetSocCode(landed.onetsoc_code);
    const title = requiredText('Title', landed.title, MAX_TITLE);
    const description = requiredText('Description', landed.description, MAX_DESCRIPTION);
    claimKey(firstLines, code, landed.line_no);
    return { code, title, description };
  });
}
