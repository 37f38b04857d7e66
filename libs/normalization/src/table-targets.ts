import type { LandedAnchor, NormalisedAnchor } from './rules/anchor-rule';
import type { LandedElement, NormalisedDescription } from './rules/element-rule';
import type { LandedOccupation, NormalisedOccupation } from './rules/occupation-rule';
import type { LandedRating, NormalisedRating } from './rules/rating-rule';
import type { RuleResult } from './rules/rejection';
import type { LandedScale, NormalisedScale } from './rules/scale-rule';
import type { TableTarget } from './table-normaliser';

/** Columns of a rating beyond its key. */
export const RATING_COLUMNS = [
  'data_value',
  'n',
  'standard_error',
  'lower_ci_bound',
  'upper_ci_bound',
  'recommend_suppress',
  'not_relevant',
  'date_updated',
  'domain_source',
] as const;

/** Columns of the landing tables beyond their key; those of the Web Services' rows have the same names. */
export const LANDING_COLUMNS = {
  landing_occupations: ['onetsoc_code', 'title', 'description'],
  landing_scales: ['scale_id', 'scale_name', 'minimum', 'maximum'],
  landing_skills: ['onetsoc_code', 'element_id', 'element_name', 'scale_id', ...RATING_COLUMNS],
  landing_elements: ['element_id', 'element_name', 'description'],
  landing_level_anchors: ['element_id', 'element_name', 'scale_id', 'anchor_value', 'anchor_description'],
} as const;

export type LandingTable = keyof typeof LANDING_COLUMNS;

export const LANDING_TABLES = Object.keys(LANDING_COLUMNS) as readonly LandingTable[];

export function occupationTarget(
  releaseId: number,
  rule: (landed: LandedOccupation & { source_file: string }) => RuleResult<NormalisedOccupation>,
): TableTarget<LandedOccupation & { source_file: string }, NormalisedOccupation> {
  return {
    landingTable: 'landing_occupations',
    landingColumns: LANDING_COLUMNS.landing_occupations,
    table: 'occupations',
    columns: ['release_id', 'onetsoc_code', 'title', 'description'],
    rule,
    values: (row) => [releaseId, row.code, row.title, row.description],
  };
}

export function scaleTarget(
  releaseId: number,
  rule: (landed: LandedScale & { source_file: string }) => RuleResult<NormalisedScale>,
): TableTarget<LandedScale & { source_file: string }, NormalisedScale> {
  return {
    landingTable: 'landing_scales',
    landingColumns: LANDING_COLUMNS.landing_scales,
    table: 'scales',
    columns: ['release_id', 'scale_id', 'scale_name', 'minimum', 'maximum'],
    rule,
    values: (row) => [releaseId, row.id, row.name, row.minimum, row.maximum],
  };
}

export function ratingTarget(
  releaseId: number,
  ingestionId: string,
  rule: (landed: LandedRating) => RuleResult<NormalisedRating>,
): TableTarget<LandedRating, NormalisedRating> {
  return {
    landingTable: 'landing_skills',
    landingColumns: LANDING_COLUMNS.landing_skills,
    table: 'occupation_skills',
    columns: ['release_id', 'onetsoc_code', 'element_id', 'scale_id', ...RATING_COLUMNS, 'ingestion_id'],
    rule,
    values: (row) => [
      releaseId,
      row.code,
      row.elementId,
      row.scaleId,
      Number(row.dataValue),
      row.n,
      figure(row.standardError),
      figure(row.lowerCiBound),
      figure(row.upperCiBound),
      row.recommendSuppress,
      row.notRelevant,
      row.dateUpdated,
      row.domainSource,
      ingestionId,
    ],
  };
}

export function descriptionTarget(
  releaseId: number,
  rule: (landed: LandedElement) => RuleResult<NormalisedDescription>,
): TableTarget<LandedElement, NormalisedDescription> {
  return {
    landingTable: 'landing_elements',
    landingColumns: LANDING_COLUMNS.landing_elements,
    table: 'skill_descriptions',
    columns: ['release_id', 'element_id', 'description'],
    rule,
    values: (row) => [releaseId, row.elementId, row.description],
  };
}

export function anchorTarget(
  releaseId: number,
  rule: (landed: LandedAnchor) => RuleResult<NormalisedAnchor>,
): TableTarget<LandedAnchor, NormalisedAnchor> {
  return {
    landingTable: 'landing_level_anchors',
    landingColumns: LANDING_COLUMNS.landing_level_anchors,
    table: 'level_anchors',
    columns: ['release_id', 'element_id', 'scale_id', 'anchor_value', 'anchor_description'],
    rule,
    values: (row) => [releaseId, row.elementId, row.scaleId, Number(row.value), row.description],
  };
}

/** Numbers are stored faster than text that every engine has to read as one; seven digits come through unchanged. */
function figure(decimal: string | null): number | null {
  return decimal === null ? null : Number(decimal);
}
