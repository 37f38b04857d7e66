import type { ReleaseSnapshot } from '@app/occupations';
import { gapByLevel, strictGap, type IngestionApp } from './ingestion-app';
import { codeOf } from './release-folder';

/** All that clients can see of the active release, and the rows behind it. */
export interface ServedState {
  readonly snapshot: ReleaseSnapshot;
  readonly rows: Readonly<Record<string, number>>;
  readonly strictGap: readonly string[];
  readonly gapByLevel: readonly unknown[];
}

const TABLES = ['occupations', 'skills', 'scales', 'occupation_skills', 'skill_descriptions', 'level_anchors'];

/** Reads it from the database, afresh: two states are equal where nothing of the active release has changed. */
export async function servedState(app: IngestionApp): Promise<ServedState> {
  const snapshot = await app.loadActive();
  const rows: Record<string, number> = {};
  for (const table of TABLES) {
    rows[table] = await app.count(table, 'release_id = ?', [snapshot.release.id]);
  }
  return {
    snapshot,
    rows,
    strictGap: strictGap(snapshot, codeOf(0), codeOf(2)),
    gapByLevel: gapByLevel(snapshot, codeOf(0), codeOf(2)),
  };
}

/** Normalised rows of releases other than the active one. */
export async function rowsOfOtherReleases(app: IngestionApp): Promise<number> {
  const active = '(SELECT release_id FROM active_release)';
  let rows = 0;
  for (const table of TABLES) {
    rows += await app.count(table, `release_id <> ${active}`);
  }
  return rows;
}
