import type { OnetSocCode } from '@app/common';
import type { RejectedSourceRow } from '../rejected-rows';
import { normaliseOccupation, type LandedOccupation, type NormalisedOccupation } from '../rules/occupation-rule';
import { RatingLedger, REQUIRED_SCALES } from '../rules/rating-ledger';
import { normaliseRating, type LandedRating, type NormalisedRating } from '../rules/rating-rule';
import type { NormalisedScale } from '../rules/scale-rule';
import { skillElements, type ElementCount } from '../rules/skill-elements';
import { applyToRows } from '../table-normaliser';
import { LANDING_COLUMNS } from '../table-targets';
import { landedRows, type PulledTable } from './pulled-table';

/** What an occupation must fit to be served beside a release. */
export interface ReleaseFrame {
  /** Names of the skills of the release by element id. */
  readonly skills: ReadonlyMap<string, string>;
  readonly scales: ReadonlyMap<string, NormalisedScale>;
}

/** What became of the rows that were pulled. */
export interface NormalisedPull {
  /** Null where its row is of no use. */
  readonly occupation: NormalisedOccupation | null;
  readonly ratings: readonly NormalisedRating[];
  readonly rejections: readonly RejectedSourceRow[];
  /** Whether every skill of the release has a level and an importance. */
  readonly complete: boolean;
  /** Ratings that it takes to be complete, and those of them that are there. */
  readonly wanted: number;
  readonly found: number;
  /** Names of the skills that the ratings are about, by element id. */
  readonly skills: ReadonlyMap<string, string>;
}

type Placed<Row> = Row & { readonly source_file: string };

/** Takes the rows of one occupation through the rules that every landed row goes through. */
export function normalisePull(
  code: OnetSocCode,
  tables: readonly PulledTable[],
  { skills: ofRelease, scales }: ReleaseFrame,
): NormalisedPull {
  const rowsOf = <Landed>(landingTable: PulledTable['landingTable']): Landed[] =>
    tables.filter((table) => table.landingTable === landingTable).flatMap((table) => landedRows<Landed>(table));

  const lines = new Map<string, number>();
  const occupations = applyToRows(
    rowsOf<Placed<LandedOccupation>>('landing_occupations').filter((row) => row.onetsoc_code === code),
    LANDING_COLUMNS.landing_occupations,
    (landed) => normaliseOccupation(landed, lines),
  );

  const landed = rowsOf<LandedRating>('landing_skills');
  const skills = namesFor(ofRelease, landed);
  const ledger = new RatingLedger([code], [...ofRelease.keys()], [...scales.keys()]);
  const ratings = applyToRows(landed, LANDING_COLUMNS.landing_skills, (row) =>
    normaliseRating(row, { skills, scales, ledger }),
  );
  return {
    occupation: occupations.rows[0] ?? null,
    ratings: ratings.rows,
    rejections: [...occupations.rejections, ...ratings.rejections],
    complete: ledger.summary().rated === 1,
    wanted: ofRelease.size * REQUIRED_SCALES.length,
    found: ratings.rows.filter(({ scaleId }) => REQUIRED_SCALES.some((required) => required === scaleId)).length,
    skills,
  };
}

/** The skills of the release, as the rows name them: O*NET may have renamed one since. */
function namesFor(ofRelease: ReadonlyMap<string, string>, landed: readonly LandedRating[]): Map<string, string> {
  const counts = new Map<string, ElementCount>();
  for (const { element_id, element_name } of landed) {
    const key = JSON.stringify([element_id, element_name]);
    counts.set(key, { element_id, element_name, rows: (counts.get(key)?.rows ?? 0) + 1 });
  }
  const given = skillElements([...counts.values()]);
  return new Map([...ofRelease].map(([elementId, name]) => [elementId, given.get(elementId) ?? name]));
}
