import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Ingestion, UnitOfWork } from '@app/database';
import {
  holdLoadingRelease,
  insertLandingRows,
  LANDING_COLUMNS,
  LANDING_TABLES,
  type LandingTable,
  type LoadingRelease,
} from '@app/normalization';

/** Rows of a table of the Web Services as they are landed: the place among all rows is the line, from 1. */
export interface TablePlace {
  /** Name of the table there. */
  readonly name: string;
  readonly landingTable: LandingTable;
  /** A release may be without it: it may be empty. */
  readonly optional?: true;
}

type Values = readonly (string | null)[];

/** Releases of O*NET are months apart, attempts seconds: so long an ingestion may take, or wait for somebody to retry it. */
const ADOPTED_WITHIN_MS = 24 * 3600_000;

/** Keeps book of what has been landed of the tables of the Web Services, so that a later attempt goes on from there. */
@Injectable()
export class LandedPagesService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Lands rows, the first of them at the line given. */
  async write(loading: LoadingRelease, place: TablePlace, firstLine: number, rows: readonly Values[]): Promise<void> {
    const { chunkRows } = this.unitOfWork;
    for (let start = 0; start < rows.length; start += chunkRows) {
      const chunk = rows.slice(start, start + chunkRows);
      await this.unitOfWork.runBulk(async (manager) => {
        await holdLoadingRelease(manager, loading);
        await insertLandingRows(this.unitOfWork, manager, loading, place, firstLine + start, chunk);
      });
    }
  }

  /**
   * Takes over what the attempt before has landed, of every table: the next one may be the one that lands the rest. What
   * was landed by an ingestion that was asked for long ago is left: O*NET may have published another release since.
   *
   * @returns the tables that have rows now
   */
  async adopt(loading: LoadingRelease): Promise<readonly TablePlace[]> {
    const { jobId, attempt } = loading;
    if (attempt === 1) return [];
    const asked = await this.unitOfWork.query((manager) => manager.findOneByOrFail(Ingestion, { id: jobId }));
    if (Date.now() - asked.createdAt.getTime() > ADOPTED_WITHIN_MS) return [];
    const found = await this.unitOfWork.query((manager) => landedBefore(manager, loading));
    const { chunkRows } = this.unitOfWork;
    for (const { place, attempt: before, last } of found) {
      for (let line = 1; line <= last; line += chunkRows) {
        await this.unitOfWork.run(async (manager) => {
          await holdLoadingRelease(manager, loading);
          await manager.query(
            `UPDATE ${place.landingTable} SET attempt = ?
              WHERE ingestion_id = ? AND attempt = ? AND source_file = ? AND line_no BETWEEN ? AND ?`,
            [attempt, jobId, before, place.name, line, line + chunkRows - 1],
          );
        });
      }
    }
    return found.map(({ place }) => place);
  }

  /** How many rows of a table there are, from line 1 on without a gap; 0 where there is nothing to go on from. */
  async count(loading: LoadingRelease, place: TablePlace): Promise<number> {
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

/** What the last attempt that has rows of a table landed of it, table by table. */
async function landedBefore(
  manager: EntityManager,
  { jobId, attempt }: LoadingRelease,
): Promise<{ readonly place: TablePlace; readonly attempt: number; readonly last: number }[]> {
  const found = new Map<string, { place: TablePlace; attempt: number; last: number }>();
  for (const landingTable of LANDING_TABLES) {
    const rows: { name: string; attempt: number; last: number }[] = await manager.query(
      `SELECT source_file AS name, attempt, MAX(line_no) AS last FROM ${landingTable}
        WHERE ingestion_id = ? AND attempt < ? GROUP BY source_file, attempt ORDER BY attempt`,
      [jobId, attempt],
    );
    for (const row of rows) {
      found.set(row.name, { place: { name: row.name, landingTable }, attempt: row.attempt, last: row.last });
    }
  }
  return [...found.values()];
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
