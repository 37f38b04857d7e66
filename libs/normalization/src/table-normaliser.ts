import type { EntityManager } from 'typeorm';
import type { SqlValue, UnitOfWork } from '@app/database';
import { recordRejections, type RejectedSourceRow } from './rejected-rows';
import type { RuleResult } from './rules/rejection';
import type { LandedValue } from './rules/values';

/** Rows a unit of work: few enough that no chunk holds the event loop for long. */
const CHUNK_ROWS = 4000;

/** A landing table and where its rows go. */
export interface TableTarget<Landed, Row> {
  readonly landingTable: string;
  /** Columns of the landing table beyond its key, as the rule expects them. */
  readonly landingColumns: readonly string[];
  readonly table: string;
  readonly columns: readonly string[];
  readonly rule: (landed: Landed) => RuleResult<Row>;
  readonly values: (row: Row) => readonly SqlValue[];
}

/** Rows of one source file. */
export interface FileCounts {
  readonly sourceFile: string;
  readonly normalised: number;
  readonly rejected: number;
}

interface LandedPlace {
  readonly source_file: string;
  readonly line_no: number;
}

/** What every table of a run is normalised with. */
export interface NormaliserContext {
  readonly unitOfWork: UnitOfWork;
  readonly ingestionId: string;
  readonly signal: AbortSignal;
  /** Told the number of landed rows just dealt with. */
  readonly onRows: (rows: number) => void;
}

/** Files that were landed into a table, in order, and their rows. */
export function landedFiles(
  manager: EntityManager,
  ingestionId: string,
  landingTable: string,
): Promise<{ source_file: string; rows: number | string }[]> {
  return manager.query(
    `SELECT source_file, COUNT(*) AS \`rows\` FROM ${landingTable} WHERE ingestion_id = ?
      GROUP BY source_file ORDER BY source_file`,
    [ingestionId],
  );
}

/** Takes one landing table through its rule, chunk by chunk, each chunk in a transaction of its own. */
export async function normaliseTable<Landed extends LandedPlace, Row>(
  context: NormaliserContext,
  target: TableTarget<Landed, Row>,
): Promise<FileCounts[]> {
  const { unitOfWork, ingestionId } = context;
  const files = await unitOfWork.read((manager) => landedFiles(manager, ingestionId, target.landingTable));
  const counts: FileCounts[] = [];
  for (const { source_file: sourceFile } of files) {
    let normalised = 0;
    let rejected = 0;
    let line: number | null = 0;
    while (line !== null) {
      context.signal.throwIfAborted();
      const after: number = line;
      const chunk = await unitOfWork.run((manager) => normaliseChunk(context, target, manager, sourceFile, after));
      normalised += chunk.normalised;
      rejected += chunk.rejected;
      line = chunk.lastLine;
      context.onRows(chunk.normalised + chunk.rejected);
    }
    counts.push({ sourceFile, normalised, rejected });
  }
  return counts;
}

async function normaliseChunk<Landed extends LandedPlace, Row>(
  { unitOfWork, ingestionId }: NormaliserContext,
  target: TableTarget<Landed, Row>,
  manager: EntityManager,
  sourceFile: string,
  after: number,
): Promise<{ normalised: number; rejected: number; lastLine: number | null }> {
  const landed: Landed[] = await manager.query(
    `SELECT source_file, line_no, ${target.landingColumns.join(', ')} FROM ${target.landingTable}
      WHERE ingestion_id = ? AND source_file = ? AND line_no > ? ORDER BY line_no LIMIT ${CHUNK_ROWS}`,
    [ingestionId, sourceFile, after],
  );
  const rows: (readonly SqlValue[])[] = [];
  const rejections: RejectedSourceRow[] = [];
  for (const row of landed) {
    const result = target.rule(row);
    if ('row' in result) {
      rows.push(target.values(result.row));
    } else {
      const raw = target.landingColumns
        .map((column) => (row as unknown as Record<string, LandedValue>)[column] ?? '')
        .join('\t');
      rejections.push({ ...result.rejection, sourceFile, lineNo: row.line_no, raw });
    }
  }
  if (rows.length > 0) await unitOfWork.insertRows(manager, target.table, target.columns, rows);
  await recordRejections(unitOfWork, manager, ingestionId, rejections);
  const lastLine = landed.length < CHUNK_ROWS ? null : (landed.at(-1)?.line_no ?? null);
  return { normalised: rows.length, rejected: rejections.length, lastLine };
}
