import { applyRule, claimKey, UNNEEDED, type RuleResult } from './rejection';
import { elementId, plainText, type LandedValue } from './values';

/** A row of the content model, which lists all elements of O*NET. */
export interface LandedElement {
  readonly source_file: string;
  readonly line_no: number;
  readonly element_id: LandedValue;
  readonly description: LandedValue;
}

/** A row of `skill_descriptions`. */
export interface NormalisedDescription {
  readonly elementId: string;
  readonly description: string;
}

/** Far more than O*NET's longest, which has some 800. */
const MAX_DESCRIPTION = 8000;

/**
 * The description of a skill; other elements are not needed. The name that stands beside it is not looked at: a skill is
 * called as its ratings call it.
 *
 * @param skills names of the skills of the release by element id
 * @param firstLines line of each skill met so far; the rule adds this one
 */
export function normaliseElement(
  landed: LandedElement,
  skills: ReadonlyMap<string, string>,
  firstLines: Map<string, number>,
): RuleResult<NormalisedDescription> {
  return applyRule(() => {
    const id = elementId(landed.element_id);
    if (!skills.has(id)) return UNNEEDED;
    const description = plainText('Description', landed.description, MAX_DESCRIPTION);
    claimKey(firstLines, id, landed.line_no);
    return { elementId: id, description };
  });
}
