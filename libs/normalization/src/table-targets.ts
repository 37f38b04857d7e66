import type { LandedOccupation, NormalisedOccupation } from './rules/occupation-rule';
import type { LandedRating, NormalisedRating } from './rules/rating-rule';
import type { RuleResult } from './rules/rejection';
import type { LandedScale, NormalisedScale } from './rules/scale-rule';
import type { TableTarget } from './table-normaliser';

export function occupationTarget(
  releaseId: number,
  rule: (landed: LandedOccupation & { source_file: string }) => RuleResult<NormalisedOccupation>,
): TableTarget<LandedOccupation & { source_file: string }, NormalisedOccupation> {
  return {
    landingTable: 'landing_occupations',
    landingColumns: ['onetsoc_code', 'title', 'description'],
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
    landingColumns: ['scale_id', 'scale_name', 'minimum', 'maximum'],
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
  const ratingColumns = [
    'data_value',
    'n',
    'standard_error',
    'lower_ci_bound',
    'upper_ci_bound',
    'recommend_suppress',
    'not_relevant',
    'date_updated',
    'domain_source',
  ];
  return {
    landingTable: 'landing_skills',
    landingColumns: ['onetsoc_code', 'element_id', 'element_name', 'scale_id', ...ratingColumns],
    table: 'occupation_skills',
    columns: ['release_id', 'onetsoc_code', 'element_id', 'scale_id', ...ratingColumns, 'ingestion_id'],
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

/** Numbers are stored faster than text that every engine has to read as one; seven digits come through unchanged. */
function figure(decimal: string | null): number | null {
  return decimal === null ? null : Number(decimal);
}
