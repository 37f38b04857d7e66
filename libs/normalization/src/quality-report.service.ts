import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ACTIVE_RELEASE_ID, ActiveRelease, UnitOfWork, type QualityCounts, type TableCounts } from '@app/database';
import { nextOccupationCodes } from './occupation-codes';
import type { LoadingRelease } from './release-locks';
import { RATING_COLUMNS } from './table-targets';

/** Tells what the rows of a release came to, in comparison with the release that is in service. */
@Injectable()
export class QualityReportService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @param tables counts by table, as landing and normalisation gave them */
  async report(loading: LoadingRelease, tables: Readonly<Record<string, TableCounts>>): Promise<QualityCounts> {
    const total = (count: keyof TableCounts): number =>
      Object.values(tables).reduce((sum, counts) => sum + (counts[count] ?? 0), 0);
    const comparedWith = await this.unitOfWork.query(async (manager) => {
      const active = await manager.findOneByOrFail(ActiveRelease, { id: ACTIVE_RELEASE_ID });
      return active.releaseId;
    });
    const deduplicated = await this.unitOfWork.query((manager) => countDuplicates(manager, loading));
    const unneeded = total('unneeded');
    return {
      comparedWith,
      landed: total('landed'),
      normalised: total('normalised'),
      unchanged: comparedWith === null ? 0 : await this.countUnchanged(loading.releaseId, comparedWith),
      deduplicated,
      rejected: total('rejected') - deduplicated,
      ...(unneeded > 0 ? { unneeded } : {}),
    };
  }

  private async countUnchanged(releaseId: number, before: number): Promise<number> {
    let unchanged = 0;
    for (const table of ['scales', 'skill_descriptions', 'level_anchors'] as const) {
      unchanged += await this.unitOfWork.query((manager) =>
        countEqual(manager, table, releaseId, before, ['', 'zzzz']),
      );
    }
    let last = '';
    for (;;) {
      const codes = await this.unitOfWork.query((manager) => nextOccupationCodes(manager, releaseId, last));
      const [first] = codes;
      const end = codes.at(-1);
      if (first === undefined || end === undefined) return unchanged;
      for (const table of ['occupations', 'occupation_skills'] as const) {
        unchanged += await this.unitOfWork.query((manager) =>
          countEqual(manager, table, releaseId, before, [first, end]),
        );
      }
      last = end;
    }
  }
}

/** Rows of the key that counts, and what must be equal in them. */
const TABLES = {
  scales: { range: 'scale_id', key: ['scale_id'], values: ['scale_name', 'minimum', 'maximum'] },
  skill_descriptions: { range: 'element_id', key: ['element_id'], values: ['description'] },
  level_anchors: {
    range: 'element_id',
    key: ['element_id', 'scale_id', 'anchor_value'],
    values: ['anchor_description'],
  },
  occupations: { range: 'onetsoc_code', key: ['onetsoc_code'], values: ['title', 'description'] },
  occupation_skills: { range: 'onetsoc_code', key: ['onetsoc_code', 'element_id', 'scale_id'], values: RATING_COLUMNS },
} as const;

async function countEqual(
  manager: EntityManager,
  table: keyof typeof TABLES,
  releaseId: number,
  before: number,
  [first, last]: readonly [string, string],
): Promise<number> {
  const { range, key, values } = TABLES[table];
  const same = key.map((column) => `a.${column} = b.${column}`);
  // neither engine has the other's way to compare what may be null
  const equal = values.map((column) => `(a.${column} = b.${column} OR (a.${column} IS NULL AND b.${column} IS NULL))`);
  const rows: { found: number | string }[] = await manager.query(
    `SELECT COUNT(*) AS found FROM ${table} a JOIN ${table} b ON b.release_id = ? AND ${same.join(' AND ')}
      WHERE a.release_id = ? AND a.${range} BETWEEN ? AND ? AND ${equal.join(' AND ')}`,
    [before, releaseId, first, last],
  );
  return Number(rows[0]?.found ?? 0);
}

async function countDuplicates(manager: EntityManager, { jobId, attempt }: LoadingRelease): Promise<number> {
  const rows: { found: number | string }[] = await manager.query(
    "SELECT COUNT(*) AS found FROM rejected_rows WHERE ingestion_id = ? AND attempt = ? AND reason_code = 'DUPLICATE_KEY'",
    [jobId, attempt],
  );
  return Number(rows[0]?.found ?? 0);
}
