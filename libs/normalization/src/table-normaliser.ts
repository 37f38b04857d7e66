import type { EntityManager } from 'typeorm';
import type { SqlValue, UnitOfWork } from '@app/database';
import { holdLoadingRelease, type LoadingRelease } from './release-locks';
import { recordRejections, type RejectedSourceRow } from './rejected-rows';
import type { RuleResult } from './rules/rejection';
import type { LandedValue } from './rules/values';

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
  /** Fine, but about what nobody asks for. */
  readonly unneeded: number;
}

interface LandedPlace {
  readonly source_file: string;
  readonly line_no: number;
}

/** What every table of a run is normalised with. */
export interface NormaliserContext {
  readonly unitOfWork: UnitOfWork;
  readonly loading: LoadingRelease;
  readonly signal: AbortSignal;
  /** Told the number of landed rows just dealt with. */
  readonly onRows: (rows: number) => void;
}

/** What the rule made of a chunk of landed rows, ready to be written. */
interface Chunk {
  readonly rows: readonly (readonly SqlValue[])[];
  readonly rejections: readonly RejectedSourceRow[];
  readonly unneeded: number;
  /** Where the next chunk begins; null where there is none. */
  readonly lastLine: number | null;
}

/** Takes one landing table through its rule, chunk by chunk, each chunk in a transaction of its own. */
export async function normaliseTable<Landed extends LandedPlace, Row>(
  context: NormaliserContext,
  target: TableTarget<Landed, Row>,
  sourceFiles: readonly string[],
): Promise<FileCounts[]> {
  const counts: FileCounts[] = [];
  for (const sourceFile of sourceFiles) counts.push(await normaliseFile(context, target, sourceFile));
  return counts;
}

async function normaliseFile<Landed extends LandedPlace, Row>(
  context: NormaliserContext,
  target: TableTarget<Landed, Row>,
  sourceFile: string,
): Promise<FileCounts> {
  let normalised = 0;
  let rejected = 0;
  let passedOver = 0;
  let reading: Promise<Chunk> | null = prepareChunk(context, target, sourceFile, 0);
  try {
    while (reading !== null) {
      context.signal.throwIfAborted();
      const { rows, rejections, unneeded, lastLine }: Chunk = await reading;
      // landed rows never change, so the next chunk can be read while this one is being written
      reading = lastLine === null ? null : prepareChunk(context, target, sourceFile, lastLine);
      reading?.catch(() => undefined); // awaited by the next turn of the loop; until then nobody would be listening
      await writeChunk(context, target, rows, rejections);
      normalised += rows.length;
      rejected += rejections.length;
      passedOver += unneeded;
      context.onRows(rows.length + rejections.length + unneeded);
    }
  } finally {
    // what follows a failure deletes the landed rows, so nobody may be reading them by then
    await reading?.catch(() => undefined);
  }
  return { sourceFile, normalised, rejected, unneeded: passedOver };
}

async function prepareChunk<Landed extends LandedPlace, Row>(
  { unitOfWork, loading: { jobId, attempt } }: NormaliserContext,
  target: TableTarget<Landed, Row>,
  sourceFile: string,
  after: number,
): Promise<Chunk> {
  const landed: Landed[] = await unitOfWork.read((manager: EntityManager) =>
    manager.query(
      `SELECT source_file, line_no, ${target.landingColumns.join(', ')} FROM ${target.landingTable}
        WHERE ingestion_id = ? AND attempt = ? AND source_file = ? AND line_no > ?
        ORDER BY line_no LIMIT ${unitOfWork.chunkRows}`,
      [jobId, attempt, sourceFile, after],
    ),
  );
  const { rows, rejections, unneeded } = applyToRows(landed, target.landingColumns, target.rule);
  const lastLine = landed.length < unitOfWork.chunkRows ? null : (landed.at(-1)?.line_no ?? null);
  return { rows: rows.map((row) => target.values(row)), rejections, unneeded, lastLine };
}

/** Takes landed rows through a rule: what became of them, what was rejected, and how many were not needed. */
export function applyToRows<Landed extends LandedPlace, Row>(
  landed: readonly Landed[],
  columns: readonly string[],
  rule: (landed: Landed) => RuleResult<Row>,
): { readonly rows: readonly Row[]; readonly rejections: readonly RejectedSourceRow[]; readonly unneeded: number } {
  const rows: Row[] = [];
  const rejections: RejectedSourceRow[] = [];
  let unneeded = 0;
  for (const row of landed) {
    const result = rule(row);
    if ('row' in result) {
      rows.push(result.row);
    } else if ('unneeded' in result) {
      unneeded++;
    } else {
      const raw = columns.map((column) => (row as unknown as Record<string, LandedValue>)[column] ?? '').join('\t');
      rejections.push({ ...result.rejection, sourceFile: row.source_file, lineNo: row.line_no, raw });
    }
  }
  return { rows, rejections, unneeded };
}

function writeChunk(
  { unitOfWork, loading }: NormaliserContext,
  { table, columns }: Pick<TableTarget<never, never>, 'table' | 'columns'>,
  rows: readonly (readonly SqlValue[])[],
  rejections: readonly RejectedSourceRow[],
): Promise<void> {
  // the rules have checked every reference against rows of this very release, and the release is held
  return unitOfWork.runBulk(async (manager) => {
    await holdLoadingRelease(manager, loading);
    if (rows.length > 0) await unitOfWork.insertRows(manager, table, columns, rows);
    await recordRejections(unitOfWork, manager, loading, rejections);
  });
}
