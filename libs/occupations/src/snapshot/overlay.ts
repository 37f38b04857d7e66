import type { OnetSocCode } from '@app/common';
import { RatingTable, type RatingRow } from './rating-table';
import type { RatingColumns, ReleaseContent, SnapshotOccupation } from './release-content';

/** An occupation as it was pulled from the Web Services. */
export interface PulledOccupation {
  readonly code: OnetSocCode;
  readonly title: string;
  readonly description: string;
  /** ISO 8601, UTC. */
  readonly pulledAt: string;
  /** None for an occupation that O*NET lists without ratings. */
  readonly ratings: readonly RatingRow[];
}

/**
 * Puts pulled occupations where a release has none, or none that is rated: a release is never overruled. One whose
 * ratings are not those of every skill of the release is of no use for that release.
 */
export function layOver(
  content: ReleaseContent,
  pulled: readonly PulledOccupation[],
): Pick<ReleaseContent, 'occupations' | 'level' | 'importance'> {
  if (pulled.length === 0) return content;
  const occupations = new Map(content.occupations.map((occupation) => [occupation.code, occupation]));
  const table = new RatingTable(
    content.skills.map(({ elementId }) => elementId),
    pulled.length,
  );
  const rowsBefore = content.skills.length === 0 ? 0 : content.level.values.length / content.skills.length;
  for (const { code, title, description, pulledAt, ratings } of pulled) {
    const listed = occupations.get(code);
    if (listed !== undefined && listed.row >= 0) continue;
    const { row, ratingCount } = table.add(ratings);
    if (listed !== undefined && row < 0) continue;
    const names: Pick<SnapshotOccupation, 'title' | 'description'> = listed ?? { title, description };
    occupations.set(code, {
      code,
      title: names.title,
      description: names.description,
      row: row < 0 ? -1 : rowsBefore + row,
      ratingCount,
      pulledAt,
    });
  }
  const added = table.columns();
  return {
    occupations: [...occupations.values()].sort((a, b) => (a.code < b.code ? -1 : 1)),
    level: append(content.level, added.level),
    importance: append(content.importance, added.importance),
  };
}

function append(first: RatingColumns, second: RatingColumns): RatingColumns {
  return {
    values: joined(Int16Array, first.values, second.values),
    n: joined(Int32Array, first.n, second.n),
    standardErrors: joined(Int32Array, first.standardErrors, second.standardErrors),
    recommendSuppress: joined(Uint8Array, first.recommendSuppress, second.recommendSuppress),
    notRelevant: joined(Uint8Array, first.notRelevant, second.notRelevant),
  };
}

function joined<T extends Int16Array | Int32Array | Uint8Array>(
  type: new (length: number) => T,
  first: T,
  second: T,
): T {
  const whole = new type(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
