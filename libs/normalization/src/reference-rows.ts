import { landedRows, type PulledTable } from './overlay/pulled-table';
import { normaliseAnchor, type LandedAnchor, type NormalisedAnchor } from './rules/anchor-rule';
import { normaliseElement, type LandedElement, type NormalisedDescription } from './rules/element-rule';
import { normaliseOccupation, type LandedOccupation, type NormalisedOccupation } from './rules/occupation-rule';
import { normaliseScale, type LandedScale, type NormalisedScale } from './rules/scale-rule';
import { applyToRows } from './table-normaliser';
import { LANDING_COLUMNS } from './table-targets';

type Placed<Row> = Row & { readonly source_file: string };

/** The occupations that normalisation would make of rows, which need not be landed for that. */
export function usableOccupations(table: PulledTable): readonly NormalisedOccupation[] {
  const lines = new Map<string, number>();
  return applyToRows(landedRows<Placed<LandedOccupation>>(table), LANDING_COLUMNS.landing_occupations, (landed) =>
    normaliseOccupation(landed, lines),
  ).rows;
}

/** As {@link usableOccupations}, for scales. */
export function usableScales(table: PulledTable): readonly NormalisedScale[] {
  const lines = new Map<string, number>();
  return applyToRows(landedRows<Placed<LandedScale>>(table), LANDING_COLUMNS.landing_scales, (landed) =>
    normaliseScale(landed, lines),
  ).rows;
}

/** As {@link usableOccupations}, for what skills are. @param skills names by element id */
export function usableDescriptions(
  table: PulledTable,
  skills: ReadonlyMap<string, string>,
): readonly NormalisedDescription[] {
  const lines = new Map<string, number>();
  return applyToRows(landedRows<LandedElement>(table), LANDING_COLUMNS.landing_elements, (landed) =>
    normaliseElement(landed, skills, lines),
  ).rows;
}

/** As {@link usableOccupations}, for what levels of skills mean. @param skills names by element id */
export function usableAnchors(
  table: PulledTable,
  skills: ReadonlyMap<string, string>,
  scales: readonly NormalisedScale[],
): readonly NormalisedAnchor[] {
  const known = { skills, scales: new Map(scales.map((scale) => [scale.id, scale])), firstLines: new Map() };
  return applyToRows(landedRows<LandedAnchor>(table), LANDING_COLUMNS.landing_level_anchors, (landed) =>
    normaliseAnchor(landed, known),
  ).rows;
}
