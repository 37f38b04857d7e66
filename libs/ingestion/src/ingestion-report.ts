import type { EntityManager } from 'typeorm';
import type { TableCounts } from '@app/database';
import type { JobClaim } from '@app/jobs';

/** A kind of fault, how many rows it cost, and the first of them. */
export interface RejectionSummary {
  readonly code: string;
  readonly rows: number;
  readonly example: { readonly sourceFile: string; readonly lineNo: number; readonly reason: string };
}

/** What an ingestion did. */
export interface IngestionReport {
  readonly ingestionId: string;
  readonly releaseId: number;
  readonly version: string;
  readonly label: string;
  readonly occupations: number;
  readonly rated: number;
  /** Codes of occupations that have ratings, but not all: they are served as not rated. */
  readonly incomplete: readonly string[];
  /** By source file. */
  readonly tables: Readonly<Record<string, TableCounts>>;
  readonly rejections: readonly RejectionSummary[];
  readonly activated: boolean;
  /** Why the release was not activated; empty where it was. */
  readonly concerns: readonly string[];
  readonly seconds: number;
}

/** What an import came to. */
export type ImportResult =
  | { readonly outcome: 'loaded'; readonly report: IngestionReport }
  /** Nothing was loaded: the active release was made of the same bytes. */
  | { readonly outcome: 'unchanged'; readonly releaseId: number };

/** Rejected rows of an ingestion, most frequent kind first. */
export async function summariseRejections(
  manager: EntityManager,
  { jobId, attempt }: JobClaim,
): Promise<RejectionSummary[]> {
  const kinds: { code: string; row_count: number | string }[] = await manager.query(
    `SELECT reason_code AS code, COUNT(*) AS row_count FROM rejected_rows
      WHERE ingestion_id = ? AND attempt = ? GROUP BY reason_code ORDER BY row_count DESC, reason_code`,
    [jobId, attempt],
  );
  const summaries: RejectionSummary[] = [];
  for (const { code, row_count: rows } of kinds) {
    const [first]: { source_file: string; line_no: number; reason: string }[] = await manager.query(
      `SELECT source_file, line_no, reason FROM rejected_rows
        WHERE ingestion_id = ? AND attempt = ? AND reason_code = ? ORDER BY source_file, line_no LIMIT 1`,
      [jobId, attempt, code],
    );
    if (first === undefined) continue;
    const example = { sourceFile: first.source_file, lineNo: first.line_no, reason: first.reason };
    summaries.push({ code, rows: Number(rows), example });
  }
  return summaries;
}
