import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import type { OnetSocCode } from '@app/common';
import {
  ACTIVE_RELEASE_ID,
  ActiveRelease,
  Ingestion,
  Occupation,
  Release,
  UnitOfWork,
  type SqlValue,
  type TableCounts,
} from '@app/database';
import { holdClaim, type JobClaim } from '@app/jobs';
import { Metrics } from '@app/metrics';
import { SnapshotStore } from '@app/occupations';
import { insertLandingRows } from '../landing-rows';
import { recordRejections } from '../rejected-rows';
import { lockActiveRelease } from '../release-locks';
import { REQUIRED_SCALES } from '../rules/rating-ledger';
import type { NormalisedScale } from '../rules/scale-rule';
import { occupationTarget, ratingTarget } from '../table-targets';
import type { NormalisedPull, ReleaseFrame } from './normalise-pull';
import type { PulledTable } from './pulled-table';

/** The active release, as far as one occupation is concerned. */
export interface OverlayFrame extends ReleaseFrame {
  /** Whether the release lists the occupation, rated or not. */
  readonly listed: boolean;
}

interface StoreOptions {
  /** Whether the occupation is to be served. */
  readonly serve: boolean;
  readonly frame: ReleaseFrame;
  /** Why it is not what it could be, for the record of the pull. */
  readonly note?: string | null;
}

/** Occupations that were pulled from the Web Services: one release of their own, served where the active one has none. */
@Injectable()
export class OverlayService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly snapshots: SnapshotStore,
    private readonly metrics: Metrics,
  ) {}

  /** What an occupation must fit to be served beside the active release; null where none is active. */
  frame(code: OnetSocCode): Promise<OverlayFrame | null> {
    return this.unitOfWork.read(async (manager) => {
      const { releaseId } = await manager.findOneByOrFail(ActiveRelease, { id: ACTIVE_RELEASE_ID });
      if (releaseId === null) return null;
      const skills: { element_id: string; element_name: string }[] = await manager.query(
        'SELECT element_id, element_name FROM skills WHERE release_id = ?',
        [releaseId],
      );
      const scales: NormalisedScale[] = await manager.query(
        'SELECT scale_id AS id, scale_name AS name, minimum, maximum FROM scales WHERE release_id = ?',
        [releaseId],
      );
      const listed = await manager.existsBy(Occupation, { releaseId, onetsoc_code: code });
      return {
        listed,
        skills: new Map(skills.map((skill) => [skill.element_id, skill.element_name])),
        scales: new Map(scales.map((scale) => [scale.id, scale])),
      };
    });
  }

  /**
   * Lands the rows of an occupation and stores what became of them, in one transaction: all of it shows to everybody, or
   * nothing. Where it is not to be served, its rows are landed and what was rejected is recorded all the same.
   *
   * @throws JobLostError, JobCancelledError where the job was taken over or cancelled
   */
  async store(
    claim: JobClaim,
    code: OnetSocCode,
    tables: readonly PulledTable[],
    pull: NormalisedPull,
    { serve, frame, note = null }: StoreOptions,
  ): Promise<void> {
    const counts = countsOf(tables, pull);
    await this.unitOfWork.run(async (manager) => {
      // first: whatever is read before the wait for it would be what it was before others stored theirs
      const active = serve ? await lockActiveRelease(manager) : null;
      await holdClaim(manager, claim);
      for (const table of tables) await insertLandingRows(this.unitOfWork, manager, claim, table, 1, table.rows);
      await recordRejections(this.unitOfWork, manager, claim, pull.rejections);
      const overlayId = active === null ? null : await this.replace(manager, claim, code, pull, frame);
      await manager.update(
        Ingestion,
        { id: claim.jobId },
        { attempt: claim.attempt, counts, releaseId: overlayId, error: note },
      );
      if (active === null) return;
      const { revision } = active;
      await manager.update(ActiveRelease, { id: ACTIVE_RELEASE_ID }, { revision: revision + 1 });
    });
    this.metrics.rowsIngested('occupation', Object.values(counts));
    if (serve) await this.snapshots.changed();
  }

  /** Deletes pulled occupations that the active release has by itself by now; they are not served any more. */
  async dropSuperseded(): Promise<void> {
    const found = await this.unitOfWork.read(findSuperseded);
    if (found.codes.length === 0) return;
    await this.unitOfWork.run(async (manager) => {
      await lockActiveRelease(manager);
      // another pull may have brought ratings since, or another release may be active
      const { overlayId, codes } = await findSuperseded(manager);
      for (const code of codes) await remove(manager, overlayId, code);
      if (codes.length > 0) await count(manager, overlayId);
    });
  }

  /** Puts the occupation into the overlay, in place of what was there of it; returns the overlay's id. */
  private async replace(
    manager: EntityManager,
    { jobId }: JobClaim,
    code: OnetSocCode,
    { occupation, ratings, skills }: NormalisedPull,
    frame: ReleaseFrame,
  ): Promise<number> {
    const id = await findOrMake(manager);
    await remove(manager, id, code);
    const used = new Map([...skills].filter(([elementId]) => ratings.some((rating) => rating.elementId === elementId)));
    await this.insertMissing(manager, 'skills', ['release_id', 'element_id', 'element_name'], id, [...used]);
    const scales = [...frame.scales.values()].filter((scale) => ratings.some(({ scaleId }) => scaleId === scale.id));
    await this.insertMissing(
      manager,
      'scales',
      ['release_id', 'scale_id', 'scale_name', 'minimum', 'maximum'],
      id,
      scales.map(({ id: scaleId, name, minimum, maximum }) => [scaleId, name, minimum, maximum]),
    );
    // the rules have run by now
    const toOccupation = occupationTarget(id, unused);
    const toRatings = ratingTarget(id, jobId, unused);
    if (occupation !== null) {
      const values = [toOccupation.values(occupation)];
      await this.unitOfWork.insertRows(manager, toOccupation.table, toOccupation.columns, values);
    }
    const values = ratings.map((rating) => toRatings.values(rating));
    await this.unitOfWork.insertRows(manager, toRatings.table, toRatings.columns, values);
    await count(manager, id);
    return id;
  }

  /** Inserts rows whose second column, the first of the values, is not there yet. */
  private async insertMissing(
    manager: EntityManager,
    table: 'skills' | 'scales',
    columns: readonly [string, string, ...string[]],
    releaseId: number,
    rows: readonly (readonly [string, ...SqlValue[]])[],
  ): Promise<void> {
    const there: { id: string }[] = await manager.query(
      `SELECT ${columns[1]} AS id FROM ${table} WHERE release_id = ?`,
      [releaseId],
    );
    const known = new Set(there.map(({ id }) => id));
    const missing = rows.filter(([id]) => !known.has(id)).map((values): SqlValue[] => [releaseId, ...values]);
    if (missing.length > 0) await this.unitOfWork.insertRows(manager, table, columns, missing);
  }
}

function unused(): never {
  throw new Error('The rows went through their rules already');
}

/** The overlay; the lock on the active release, which the caller holds, keeps it the only one. */
async function findOrMake(manager: EntityManager): Promise<number> {
  const found = await manager.findOneBy(Release, { source: 'overlay' });
  if (found !== null) return found.id;
  const made = await manager.save(
    manager.create(Release, {
      version: 'overlay',
      label: 'occupations pulled from the O*NET Web Services',
      source: 'overlay',
      status: 'ready',
      createdAt: new Date(),
    }),
  );
  return made.id;
}

async function remove(manager: EntityManager, overlayId: number, code: string): Promise<void> {
  for (const table of ['occupation_skills', 'occupations']) {
    await manager.query(`DELETE FROM ${table} WHERE release_id = ? AND onetsoc_code = ?`, [overlayId, code]);
  }
  // What brought it is history from now on. By their ids: a search that writes would lock what other jobs are writing.
  const before = await manager.find(Ingestion, {
    select: { id: true },
    where: { releaseId: overlayId, kind: 'occupation', origin: code },
  });
  if (before.length > 0) await manager.update(Ingestion, { id: In(before.map(({ id }) => id)) }, { releaseId: null });
}

/** Brings the counts of the overlay's row up to date. */
async function count(manager: EntityManager, id: number): Promise<void> {
  const of = async (what: string): Promise<number> => {
    const rows: { found: number | string }[] = await manager.query(`SELECT COUNT(${what} WHERE release_id = ?`, [id]);
    return Number(rows[0]?.found ?? 0);
  };
  await manager.update(
    Release,
    { id },
    {
      occupations: await of('*) AS found FROM occupations'),
      ratedOccupations: await of('DISTINCT onetsoc_code) AS found FROM occupation_skills'),
      skills: await of('*) AS found FROM skills'),
      scales: await of('*) AS found FROM scales'),
      ratings: await of('*) AS found FROM occupation_skills'),
    },
  );
}

interface Superseded {
  readonly overlayId: number;
  readonly codes: readonly string[];
}

/** Pulled occupations that the active release rates, or, of those without ratings, lists. */
async function findSuperseded(manager: EntityManager): Promise<Superseded> {
  const overlay = await manager.findOneBy(Release, { source: 'overlay' });
  const { releaseId: activeId } = await manager.findOneByOrFail(ActiveRelease, { id: ACTIVE_RELEASE_ID });
  if (overlay === null || activeId === null) return { overlayId: overlay?.id ?? 0, codes: [] };
  const active = await manager.findOneByOrFail(Release, { id: activeId });
  const pulled: { code: string; found: number | string }[] = await manager.query(
    `SELECT o.onetsoc_code AS code,
            (SELECT COUNT(*) FROM occupation_skills s WHERE s.release_id = o.release_id AND s.onetsoc_code = o.onetsoc_code)
              AS found
       FROM occupations o WHERE o.release_id = ? AND EXISTS
            (SELECT 1 FROM occupations a WHERE a.release_id = ? AND a.onetsoc_code = o.onetsoc_code)`,
    [overlay.id, activeId],
  );
  const codes: string[] = [];
  for (const { code, found } of pulled) {
    const rows: { found: number | string }[] = await manager.query(
      `SELECT COUNT(*) AS found FROM occupation_skills
        WHERE release_id = ? AND onetsoc_code = ? AND scale_id IN (${REQUIRED_SCALES.map(() => '?').join(', ')})`,
      [activeId, code, ...REQUIRED_SCALES],
    );
    const rated = Number(rows[0]?.found ?? 0) === active.skills * REQUIRED_SCALES.length;
    if (rated || Number(found) === 0) codes.push(code);
  }
  return { overlayId: overlay.id, codes };
}

/** Rows by table of the Web Services. */
function countsOf(tables: readonly PulledTable[], pull: NormalisedPull): Record<string, TableCounts> {
  return Object.fromEntries(
    tables.map((table) => {
      const rejected = pull.rejections.filter(({ sourceFile }) => sourceFile === table.name).length;
      const landed = table.rows.length;
      return [table.name, { landed, normalised: landed - rejected, rejected }];
    }),
  );
}
