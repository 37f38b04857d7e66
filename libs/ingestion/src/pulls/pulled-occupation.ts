import type { OnetSocCode } from '@app/common';
import type { NormalisedPull } from '@app/normalization';
import type { PulledOccupation } from '@app/occupations';

/** What a pull brought, in the form in which it is served. */
export function toPulledOccupation(
  code: OnetSocCode,
  { occupation, ratings }: NormalisedPull,
  pulledAt: Date,
): PulledOccupation {
  return {
    code,
    title: occupation?.title ?? '',
    description: occupation?.description ?? '',
    pulledAt: pulledAt.toISOString(),
    ratings: ratings.map((rating) => ({
      onetsoc_code: code,
      element_id: rating.elementId,
      scale_id: rating.scaleId,
      data_value: rating.dataValue,
      n: rating.n,
      standard_error: rating.standardError,
      recommend_suppress: rating.recommendSuppress,
      not_relevant: rating.notRelevant,
    })),
  };
}
