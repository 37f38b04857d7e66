import type { AppError, OnetSocCode } from '@app/common';
import { OccupationNotFoundError, OccupationNotRatedError, type GivenCode } from './occupation-errors';
import { isRated, type SnapshotOccupation } from './snapshot/release-content';
import type { ReleaseSnapshot } from './snapshot/release-snapshot';

/** A page of a list: the items on it and how many there are in all. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
}

/**
 * Occupations whose title or code contains every word of `query` (in any letter case), in order of their codes. An empty
 * query finds all.
 *
 * @param page from 1
 */
export function searchOccupations(
  snapshot: ReleaseSnapshot,
  query: string,
  page: number,
  pageSize: number,
): Page<SnapshotOccupation> {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found =
    words.length === 0
      ? snapshot.occupations
      : snapshot.occupations.filter(({ code, title }) => {
          const text = `${code} ${title.toLowerCase()}`;
          return words.every((word) => text.includes(word));
        });
  const start = (page - 1) * pageSize;
  return { items: found.slice(start, start + pageSize), total: found.length };
}

/** @throws OccupationNotFoundError */
export function findOccupation(snapshot: ReleaseSnapshot, code: OnetSocCode): SnapshotOccupation {
  const occupation = snapshot.find(code);
  if (occupation === undefined) throw new OccupationNotFoundError(snapshot, [{ parameter: 'code', code }]);
  return occupation;
}

/**
 * The rated occupations behind codes, in the order given.
 *
 * @throws OccupationNotFoundError naming every parameter whose code is unknown
 * @throws OccupationNotRatedError naming every parameter whose occupation has no complete ratings
 */
export function findRatedOccupations<const T extends readonly GivenCode[]>(
  snapshot: ReleaseSnapshot,
  given: T,
): { [K in keyof T]: SnapshotOccupation } {
  const found = given.map(({ code }) => snapshot.find(code));
  if (!found.every(isRated)) throw unusable(snapshot, given);
  return found as { [K in keyof T]: SnapshotOccupation };
}

/** Says all that is wrong with codes of which at least one cannot be used. */
function unusable(snapshot: ReleaseSnapshot, given: readonly GivenCode[]): AppError {
  const unknown = given.filter(({ code }) => snapshot.find(code) === undefined);
  if (unknown.length > 0) return new OccupationNotFoundError(snapshot, unknown);
  const unrated = given.flatMap(({ parameter, code }) => {
    const occupation = snapshot.find(code);
    return occupation === undefined || isRated(occupation) ? [] : [{ parameter, occupation }];
  });
  return new OccupationNotRatedError(snapshot, unrated);
}
