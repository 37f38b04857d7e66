import type { EntityManager } from 'typeorm';

/** Few enough that on SQLite nothing that is done with their ratings holds the event loop for long. */
const OCCUPATIONS_A_CHUNK = 50;

/** The next codes of a release behind one, in order; none where there are no more. */
export async function nextOccupationCodes(manager: EntityManager, releaseId: number, after: string): Promise<string[]> {
  const rows: { code: string }[] = await manager.query(
    `SELECT onetsoc_code AS code FROM occupations WHERE release_id = ? AND onetsoc_code > ?
      ORDER BY onetsoc_code LIMIT ${OCCUPATIONS_A_CHUNK}`,
    [releaseId, after],
  );
  return rows.map(({ code }) => code);
}
