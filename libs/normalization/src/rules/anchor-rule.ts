import { applyRule, claimKey, RowFault, UNNEEDED, type RuleResult } from './rejection';
import { checkWithin, scaleId, type NormalisedScale } from './scale-rule';
import { decimal, elementId, plainText, type LandedValue } from './values';

/** What somebody at a level of an element can do. */
export interface LandedAnchor {
  readonly source_file: string;
  readonly line_no: number;
  readonly element_id: LandedValue;
  readonly scale_id: LandedValue;
  readonly anchor_value: LandedValue;
  readonly anchor_description: LandedValue;
}

/** A row of `level_anchors`; the value stays as it was written. */
export interface NormalisedAnchor {
  readonly elementId: string;
  readonly scaleId: string;
  readonly value: string;
  readonly description: string;
}

/** What an anchor may refer to. */
export interface AnchorContext {
  /** Names of the skills of the release by element id. */
  readonly skills: ReadonlyMap<string, string>;
  readonly scales: ReadonlyMap<string, NormalisedScale>;
  /** Line of each anchor met so far, by its key; the rule adds this one. */
  readonly firstLines: Map<string, number>;
}

const LEVEL_SCALE = 'LV';
/** Far more than O*NET's longest, which has less than a hundred. */
const MAX_DESCRIPTION = 8000;

/** An anchor of a skill on the level scale; those of other elements, and on other scales, are not needed. */
export function normaliseAnchor(
  landed: LandedAnchor,
  { skills, scales, firstLines }: AnchorContext,
): RuleResult<NormalisedAnchor> {
  return applyRule(() => {
    const id = elementId(landed.element_id);
    if (!skills.has(id) || scaleId(landed.scale_id) !== LEVEL_SCALE) return UNNEEDED;
    const scale = scales.get(LEVEL_SCALE);
    if (scale === undefined) {
      throw new RowFault('UNKNOWN_SCALE', `Scale ID is "${LEVEL_SCALE}", not among the scales of the release`);
    }
    const value = decimal('Anchor Value', landed.anchor_value, 2);
    checkWithin(scale, 'Anchor Value', value);
    const description = plainText('Anchor Description', landed.anchor_description, MAX_DESCRIPTION);
    // 2, 2.0 and 02 are one level
    const key = `${id} ${scale.id} ${Number(value)}`;
    claimKey(firstLines, key, landed.line_no);
    return { elementId: id, scaleId: scale.id, value, description };
  });
}
