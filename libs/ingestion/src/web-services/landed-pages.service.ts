import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { UnitOfWork, type SqlValue } from '@app/database';
import { holdLoadingRelease, LANDING_COLUMNS, type LandingTable, type LoadingRelease } from '@app/normalization';

/** Rows of a table of the Web Services as they are landed: the place among all rows is the line, from 1. */
export interface TablePlace {
  /** Name of the table there. */
  readonly name: string;
  readonly landingTable: LandingTable;
}

type Values = readonly (string | null)[];

/** Keeps book of what has been landed of the tables of the Web Services, so that a later attempt goes on from there. */
@Injectable()
export class LandedPagesService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Lands rows, the first of them at the line given. */
  async write(loading: LoadingRelease, place: TablePlace, firstLine: number, rows: readonly Values[]): Promise<void> {
    const columns = ['ingestion_id', 'attempt', 'source_file', 'line_no', ...LANDING_COLUMNS[place.landingTable]];
    const { chunkRows } = this.unitOfWork;
    for (let start = 0; start < rows.length; start += chunkRows) {
      const values = rows
        .slice(start, start + chunkRows)
        .map((row, index): SqlValue[] => [
          loading.jobId,
          loading.attempt,
          place.name,
          firstLine + start + index,
          ...row,
        ]);
      await this.unitOfWork.runBulk(async (manager) => {
        await holdLoadingRelease(manager, loading);
        await this.unitOfWork.insertRows(manager, place.landingTable, columns, values);
      });
    }
  }

  /**
   * Takes over what the attempt before has landed of a table.
   *
   * @returns how many rows there are, from line 1 on without a gap; 0 where there is nothing to go on from
   */
  async adopt(loading: LoadingRelease, place: TablePlace): Promise<number> {
    const before = await this.unitOfWork.query((manager) => lastAttempt(manager, loading, place));
    if (before !== null) {
      const { attempt, last } = before;
      const { chunkRows } = this.unitOfWork;
      for (let line = 1; line <= last; line += chunkRows) {
        await this.unitOfWork.run(async (manager) => {
          await holdLoadingRelease(manager, loading);
          await manager.query(
            `UPDATE ${place.landingTable} SET attempt = ?
              WHERE ingestion_id = ? AND attempt = ? AND source_file = ? AND line_no BETWEEN ? AND ?`,
            [loading.attempt, loading.jobId, attempt, place.name, line, line + chunkRows - 1],
          );
        });
      }
    }
    const { found, first, last } = await this.unitOfWork.query((manager) => extent(manager, loading, place));
    if (found === 0 || (found === last && first === 1)) return found;
    // somebody has cleared up in between
    await this.discard(loading, place);
    return 0;
  }

  /** Whether a line holds just these values. */
  async holds(loading: LoadingRelease, place: TablePlace, line: number, values: Values): Promise<boolean> {
    const [landed] = await this.read(loading, place, line, line);
    return landed !== undefined && JSON.stringify(landed) === JSON.stringify(values);
  }

  async discard(loading: LoadingRelease, place: TablePlace): Promise<void> {
    const { last } = await this.unitOfWork.query((manager) => extent(manager, loading, place));
    const { chunkRows } = this.unitOfWork;
    for (let line = 0; line <= last; line += chunkRows) {
      await this.unitOfWork.run(async (manager) => {
        await holdLoadingRelease(manager, loading);
        await manager.query(
          `DELETE FROM ${place.landingTable}
            WHERE ingestion_id = ? AND attempt = ? AND source_file = ? AND line_no BETWEEN ? AND ?`,
          [loading.jobId, loading.attempt, place.name, line, line + chunkRows - 1],
        );
      });
    }
  }

  /** SHA-256 of the rows, in hex: the same rows have the same, however often they were landed. */
  async checksum(loading: LoadingRelease, place: TablePlace, rows: number): Promise<string> {
    const hash = createHash('sha256');
    const { chunkRows } = this.unitOfWork;
    for (let line = 1; line <= rows; line += chunkRows) {
      for (const values of await this.read(loading, place, line, line + chunkRows - 1)) {
        hash.update(`${JSON.stringify(values)}\n`);
      }
    }
    return hash.digest('hex');
  }

  private async read(loading: LoadingRelease, place: TablePlace, first: number, last: number): Promise<Values[]> {
    const columns: readonly string[] = LANDING_COLUMNS[place.landingTable];
    const rows: Record<string, string | null>[] = await this.unitOfWork.query((manager) =>
      manager.query(
        `SELECT ${columns.join(', ')} FROM ${place.landingTable}
          WHERE ingestion_id = ? AND attempt = ? AND source_file = ? AND line_no BETWEEN ? AND ? ORDER BY line_no`,
        [loading.jobId, loading.attempt, place.name, first, last],
      ),
    );
    return rows.map((row) => columns.map((column) => row[column] ?? null));
  }
}

async function lastAttempt(
  manager: EntityManager,
  { jobId, attempt }: LoadingRelease,
  { name, landingTable }: TablePlace,
): Promise<{ readonly attempt: number; readonly last: number } | null> {
  const rows: { attempt: number; last: number }[] = await manager.query(
    `SELECT attempt, MAX(line_no) AS last FROM ${landingTable}
      WHERE ingestion_id = ? AND attempt < ? AND source_file = ? GROUP BY attempt ORDER BY attempt DESC LIMIT 1`,
    [jobId, attempt, name],
  );
  return rows[0] ?? null;
}

async function extent(
  manager: EntityManager,
  { jobId, attempt }: LoadingRelease,
  { name, landingTable }: TablePlace,
): Promise<{ readonly found: number; readonly first: number; readonly last: number }> {
  const rows: { found: number | string; first: number | null; last: number | null }[] = await manager.query(
    `SELECT COUNT(*) AS found, MIN(line_no) AS first, MAX(line_no) AS last FROM ${landingTable}
      WHERE ingestion_id = ? AND attempt = ? AND source_file = ?`,
    [jobId, attempt, name],
  );
  const [row] = rows;
  return { found: Number(row?.found ?? 0), first: row?.first ?? 0, last: row?.last ?? 0 };
}
