import { landedRows, type PulledTable } from './overlay/pulled-table';
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
