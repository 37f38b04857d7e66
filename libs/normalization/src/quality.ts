/** What the quality checks look at. */
export interface ReleaseQuality {
  /** Occupations with complete ratings. */
  readonly rated: number;
  /** Occupations that have ratings, but not all of them. */
  readonly incomplete: number;
  /** Rated occupations of the release in service; null where there is none. */
  readonly ratedInService: number | null;
}

const MAX_INCOMPLETE_SHARE = 0.01;
const MAX_LOSS_SHARE = 0.2;

/** Why a release should not be activated unless an admin says so; empty where it should. One clause a reason. */
export function qualityConcerns({ rated, incomplete, ratedInService }: ReleaseQuality): string[] {
  const concerns: string[] = [];
  if (incomplete > (rated + incomplete) * MAX_INCOMPLETE_SHARE) {
    concerns.push(`${incomplete} of ${rated + incomplete} occupations with ratings are incomplete (more than 1 %)`);
  }
  if (ratedInService !== null && rated < ratedInService * (1 - MAX_LOSS_SHARE)) {
    concerns.push(
      `it rates ${rated} occupations, more than 20 % fewer than the ${ratedInService} of the active release`,
    );
  }
  return concerns;
}
