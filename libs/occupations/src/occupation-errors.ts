import { AppError, type OnetSocCode } from '@app/common';
import type { SnapshotOccupation } from './snapshot/release-content';
import type { ReleaseSnapshot } from './snapshot/release-snapshot';

/** A code as the client gave it, with the name of the parameter it stood in. */
export interface GivenCode {
  readonly parameter: string;
  readonly code: OnetSocCode;
}

/** The release in service does not list the occupation. */
export class OccupationNotFoundError extends AppError {
  constructor(snapshot: ReleaseSnapshot, unknown: readonly GivenCode[]) {
    const errors = unknown.map(({ parameter, code }) => ({
      parameter,
      message: `${code} is not an occupation of O*NET release ${snapshot.release.version}`,
    }));
    super('OCCUPATION_NOT_FOUND', `${sentence(errors)} Search for codes at /api/v1/occupations?q=…`, errors);
  }
}

/** The occupation exists, but has no complete ratings: it must not read like one that needs nothing. */
export class OccupationNotRatedError extends AppError {
  constructor(
    snapshot: ReleaseSnapshot,
    unrated: readonly { readonly parameter: string; readonly occupation: SnapshotOccupation }[],
  ) {
    const errors = unrated.map(({ parameter, occupation }) => ({
      parameter,
      message: `${occupation.code} (${occupation.title}) ${reason(snapshot, occupation)}`,
    }));
    super('OCCUPATION_NOT_RATED', sentence(errors), errors);
  }
}

function reason(snapshot: ReleaseSnapshot, occupation: SnapshotOccupation): string {
  const { version } = snapshot.release;
  return occupation.ratingCount === 0
    ? `is listed in O*NET release ${version} without skill ratings`
    : `has incomplete skill ratings in the loaded copy of O*NET release ${version}: ` +
        `${occupation.ratingCount} of ${2 * snapshot.skills.length}`;
}

function sentence(errors: readonly { readonly parameter: string; readonly message: string }[]): string {
  return `${errors.map(({ parameter, message }) => `"${parameter}": ${message}`).join('; ')}.`;
}
