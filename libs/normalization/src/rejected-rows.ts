import type { EntityManager } from 'typeorm';
import type { UnitOfWork } from '@app/database';
import type { JobClaim } from '@app/jobs';
import type { Rejection } from './rules/rejection';

/** A row that is not used, with its place in the source. */
export interface RejectedSourceRow extends Rejection {
  readonly sourceFile: string;
  readonly lineNo: number;
  readonly raw: string;
}

const MAX_RAW = 4000;
const COLUMNS = ['ingestion_id', 'attempt', 'source_file', 'line_no', 'raw', 'reason_code', 'reason'] as const;

/** Records rows that are not used, as part of a unit of work. */
export async function recordRejections(
  unitOfWork: UnitOfWork,
  manager: EntityManager,
  { jobId, attempt }: JobClaim,
  rows: readonly RejectedSourceRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await unitOfWork.insertRows(
    manager,
    'rejected_rows',
    COLUMNS,
    rows.map((row) => [jobId, attempt, row.sourceFile, row.lineNo, row.raw.slice(0, MAX_RAW), row.code, row.reason]),
  );
}
