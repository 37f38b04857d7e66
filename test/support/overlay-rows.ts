import type { IngestionApp } from './ingestion-app';
import type { BegunPull } from './pulls';

/** The release or releases that hold what was pulled, as their rows count it. */
export function overlayReleases(app: IngestionApp): Promise<Record<string, unknown>[]> {
  return app.query(
    `SELECT id, status, occupations, rated_occupations, skills, scales, ratings FROM releases WHERE source = 'overlay'`,
  );
}

/** @throws Error where nothing was pulled yet */
export async function overlayId(app: IngestionApp): Promise<number> {
  const [overlay] = await overlayReleases(app);
  if (overlay === undefined) throw new Error('There is no overlay');
  return Number(overlay['id']);
}

/** What is recorded of a pull; undefined where it was forgotten. */
export async function ingestionOf(
  app: IngestionApp,
  { claim }: BegunPull,
): Promise<Record<string, unknown> | undefined> {
  const [row] = await app.query<Record<string, unknown>>(
    'SELECT release_id, attempt, counts FROM ingestions WHERE id = ?',
    [claim.jobId],
  );
  return row && { ...row, counts: JSON.parse(String(row['counts'])) as unknown };
}
