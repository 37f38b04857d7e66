import type { EntityManager } from 'typeorm';
import type { SqlValue, UnitOfWork } from '@app/database';
import type { JobClaim } from '@app/jobs';
import { LANDING_COLUMNS, type LandingTable } from './table-targets';

const KEY = ['ingestion_id', 'attempt', 'source_file', 'line_no'] as const;

/**
 * Lands rows that came together, as part of a unit of work.
 *
 * @param place the table to land in, and the name of where the rows come from
 * @param firstLine where the first of them stood
 * @param rows values in the order of {@link LANDING_COLUMNS}
 */
export async function insertLandingRows(
  unitOfWork: UnitOfWork,
  manager: EntityManager,
  { jobId, attempt }: JobClaim,
  { name, landingTable }: { readonly name: string; readonly landingTable: LandingTable },
  firstLine: number,
  rows: readonly (readonly SqlValue[])[],
): Promise<void> {
  if (rows.length === 0) return;
  await unitOfWork.insertRows(
    manager,
    landingTable,
    [...KEY, ...LANDING_COLUMNS[landingTable]],
    rows.map((values, index) => [jobId, attempt, name, firstLine + index, ...values]),
  );
}
