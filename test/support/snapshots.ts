import { type OnetSocCode } from '@app/common';
import { ReleaseSnapshot, type PulledOccupation, type SnapshotSkill } from '@app/occupations';
import { RatingTable, type RatingRow } from '../../libs/occupations/src/snapshot/rating-table';

/** An occupation of a made-up release. */
export interface GivenOccupation {
  readonly code: string;
  readonly title: string;
  /** As they come from the database; none for an occupation that is not rated. */
  readonly ratings?: readonly RatingRow[];
}

export const PROGRAMMING = skill('2.B.3.e', 'Programming');
export const INSTALLATION = skill('2.B.3.d', 'Installation');
export const READING = skill('2.A.1.a', 'Reading Comprehension');

/** Three skills in O*NET's element order. */
export const SKILLS: readonly SnapshotSkill[] = [READING, INSTALLATION, PROGRAMMING];

/** One rating; what is not given is as O*NET has it in most rows. */
export function ratingRow(
  given: Pick<RatingRow, 'onetsoc_code' | 'element_id' | 'scale_id' | 'data_value'> & Partial<RatingRow>,
): RatingRow {
  const notRelevant = given.scale_id === 'LV' ? 'N' : null;
  return { n: 8, standard_error: '0.125', recommend_suppress: 'N', not_relevant: notRelevant, ...given };
}

/** Complete ratings of one occupation: a level for each of {@link SKILLS}, and the importance 3 throughout. */
export function completeRatings(code: string, levels: readonly string[]): RatingRow[] {
  return SKILLS.flatMap(({ elementId }, index) => [
    ratingRow({ onetsoc_code: code, element_id: elementId, scale_id: 'IM', data_value: '3' }),
    ratingRow({ onetsoc_code: code, element_id: elementId, scale_id: 'LV', data_value: levels[index] ?? '0' }),
  ]);
}

/** A snapshot of a made-up release `30.1` with {@link SKILLS}. */
export function makeSnapshot(
  given: readonly GivenOccupation[],
  {
    id = 1,
    revision = 1,
    pulled = [],
  }: { readonly id?: number; readonly revision?: number; readonly pulled?: readonly PulledOccupation[] } = {},
): ReleaseSnapshot {
  const table = new RatingTable(
    SKILLS.map(({ elementId }) => elementId),
    given.length,
  );
  const occupations = given.map(({ code, title, ratings = [] }) => ({
    code: code as OnetSocCode,
    title,
    description: `What ${title} do.`,
    pulledAt: null,
    ...table.add(ratings),
  }));
  const content = {
    release: { id, version: '30.1', label: 'made up', source: 'text', checksum: 'c0ffee' } as const,
    occupations,
    skills: SKILLS,
    scales: [
      { scaleId: 'IM', name: 'Importance', minimum: 1, maximum: 5 },
      { scaleId: 'LV', name: 'Level', minimum: 0, maximum: 7 },
    ],
    ...table.columns(),
  };
  return new ReleaseSnapshot(content, { revision, pulled });
}

function skill(elementId: string, name: string): SnapshotSkill {
  return { elementId, name, description: null, anchors: [] };
}

/** A code that is known to have the right form. */
export function soc(code: string): OnetSocCode {
  return code as OnetSocCode;
}
