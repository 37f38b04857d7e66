import type { TablePlace } from './landed-pages.service';

/** Tables of the Web Services that are the same in every layout. */
export const OCCUPATION_TABLE = 'occupation_data';
export const SCALE_TABLE = 'scales_reference';

/** What skills are, and what their levels mean. */
const OPTIONAL_TABLES: readonly TablePlace[] = [
  { name: 'content_model_reference', landingTable: 'landing_elements', optional: true },
  { name: 'level_scale_anchors', landingTable: 'landing_level_anchors', optional: true },
];

/** The tables that are taken where they are there. @param listed all that the Web Services have */
export function optionalTables(listed: readonly { readonly id: string }[]): readonly TablePlace[] {
  const ids = new Set(listed.map(({ id }) => id));
  return OPTIONAL_TABLES.filter(({ name }) => ids.has(name));
}
