import { Injectable } from '@nestjs/common';
import { In, Not, type EntityManager } from 'typeorm';
import { ACTIVE_RELEASE_ID, ActiveRelease, Ingestion, Release, UnitOfWork } from '@app/database';
import { OverlayService } from './overlay/overlay.service';
import { lockActiveRelease } from './release-locks';
import { LANDING_TABLES } from './table-targets';

/** Good releases kept, the active one among them. */
const KEPT_RELEASES = 3;
/** Ingestions of each kind whose landed rows are kept; those of one occupation have some seventy rows. */
const KEPT_LANDINGS = { release: 3, occupation: 100 } as const;
/** Few enough that no transaction is long. */
const OCCUPATIONS_A_CHUNK = 60;
const LANDED_LINES_A_CHUNK = 4000;

/** Ingestions without a release are remembered that long, as their jobs are. */
const KEPT_INGESTIONS_MS = 30 * 24 * 3600_000;
const INGESTIONS_A_ROUND = 100;

/** Gives up what dead attempts left behind, and deletes what is no longer kept. */
@Injectable()
export class RetentionService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly overlay: OverlayService,
  ) {}

  /**
   * Marks releases as failed that are still `loading`, but by no attempt of a job that could go on. One that is held this
   * very moment, by a process that was stopped in the middle of a write, is passed over until it is free.
   */
  async giveUpLeftovers(): Promise<void> {
    const found = await this.unitOfWork.query((manager) =>
      manager.query<{ id: number }[]>(
        `SELECT r.id AS id FROM releases r LEFT JOIN jobs j ON j.id = r.job_id
          WHERE r.status = 'loading' AND (j.id IS NULL OR j.state <> 'active' OR j.attempt <> r.attempt
                OR (j.place = 'inline' AND j.lease_until < ${this.unitOfWork.nowMs}))`,
      ),
    );
    for (const { id } of found) {
      await this.unitOfWork.run(async (manager) => {
        if (await this.isFree(manager, id)) {
          await manager.update(Release, { id, status: 'loading' }, { status: 'failed' });
        }
      });
    }
  }

  /** Marks one release as failed that is still `loading`, since its loading ended for good. */
  async giveUp(releaseId: number): Promise<void> {
    await this.unitOfWork.run((manager) =>
      manager.update(Release, { id: releaseId, status: 'loading' }, { status: 'failed' }),
    );
  }

  /**
   * Deletes failed releases, good ones beyond the last three, pulled occupations that the active one has, landed rows
   * beyond those of the last ingestions of each kind, rows that attempts before the last one brought, and ingestions that
   * ended long ago and of which nothing is left.
   *
   * @param byJob the job that does this at its end: its rows count as those of one that is over
   */
  async purge(byJob: string | null = null): Promise<void> {
    await this.overlay.dropSuperseded();
    for (const releaseId of await this.unitOfWork.read(releasesToPurge)) await this.purgeRelease(releaseId);
    const landings = await this.unitOfWork.read((manager) => landingsToPurge(manager, byJob));
    for (const landing of landings) await this.purgeLanding(landing);
    await this.forgetIngestions(new Date(Date.now() - KEPT_INGESTIONS_MS));
  }

  /** Whether nobody else holds the row of a release; from now on this transaction does. */
  private async isFree(manager: EntityManager, releaseId: number): Promise<boolean> {
    const rows: unknown[] = await manager.query(
      `SELECT id FROM releases WHERE id = ? ${this.unitOfWork.lockFreeRows}`,
      [releaseId],
    );
    return rows.length === 1;
  }

  private async purgeRelease(releaseId: number): Promise<void> {
    if (!(await this.unitOfWork.run((manager) => this.withdraw(manager, releaseId)))) return;
    let codes: string[];
    do {
      codes = await this.unitOfWork.run(async (manager) => {
        const rows: { onetsoc_code: string }[] = await manager.query(
          `SELECT onetsoc_code FROM occupations WHERE release_id = ? ORDER BY onetsoc_code LIMIT ${OCCUPATIONS_A_CHUNK}`,
          [releaseId],
        );
        const first = rows[0]?.onetsoc_code;
        const last = rows.at(-1)?.onetsoc_code;
        for (const table of ['occupation_skills', 'occupations']) {
          await manager.query(`DELETE FROM ${table} WHERE release_id = ? AND onetsoc_code BETWEEN ? AND ?`, [
            releaseId,
            first ?? '',
            last ?? '',
          ]);
        }
        return rows.map((row) => row.onetsoc_code);
      });
    } while (codes.length === OCCUPATIONS_A_CHUNK);
    await this.unitOfWork.run(async (manager) => {
      for (const table of ['level_anchors', 'skill_descriptions', 'skills', 'scales']) {
        await manager.query(`DELETE FROM ${table} WHERE release_id = ?`, [releaseId]);
      }
      await manager.delete(Release, { id: releaseId });
    });
  }

  /** Makes sure that a release cannot be activated any more; tells whether it may be deleted. */
  private async withdraw(manager: EntityManager, releaseId: number): Promise<boolean> {
    const active = await lockActiveRelease(manager);
    if (active.releaseId === releaseId || !(await this.isFree(manager, releaseId))) return false;
    await manager.update(Release, { id: releaseId }, { status: 'failed' });
    return true;
  }

  private async purgeLanding({ ingestionId, attempt, withRejections }: Landing): Promise<void> {
    for (const table of withRejections ? [...LANDING_TABLES, 'rejected_rows'] : LANDING_TABLES) {
      const lastLine = await this.unitOfWork.read((manager) => lastLandedLine(manager, table, ingestionId, attempt));
      for (let line = 0; line <= lastLine; line += LANDED_LINES_A_CHUNK) {
        await this.unitOfWork.run(async (manager) => {
          const files: { source_file: string }[] = await manager.query(
            `SELECT DISTINCT source_file FROM ${table} WHERE ingestion_id = ? AND attempt = ?`,
            [ingestionId, attempt],
          );
          for (const { source_file: file } of files) {
            await manager.query(
              `DELETE FROM ${table}
                WHERE ingestion_id = ? AND attempt = ? AND source_file = ? AND line_no BETWEEN ? AND ?`,
              [ingestionId, attempt, file, line, line + LANDED_LINES_A_CHUNK - 1],
            );
          }
        });
      }
    }
  }

  /** What rejected rows and the job's row go with is gone as well. Those whose landed rows are kept stay with them. */
  private async forgetIngestions(endedBefore: Date): Promise<void> {
    const old = await this.unitOfWork.read(async (manager) =>
      manager
        .createQueryBuilder(Ingestion, 'ingestion')
        .innerJoin('ingestion.job', 'job')
        .where('job.finishedAt < :endedBefore', { endedBefore })
        .andWhere('ingestion.releaseId IS NULL')
        .andWhere({ id: Not(In(await recentIngestions(manager))) })
        .orderBy('ingestion.createdAt', 'ASC')
        .limit(INGESTIONS_A_ROUND)
        .getMany(),
    );
    for (const { id } of old) {
      await this.unitOfWork.run(async (manager) => {
        await manager.query('DELETE FROM rejected_rows WHERE ingestion_id = ?', [id]);
        await manager.delete(Ingestion, { id });
      });
    }
  }
}

/** Ids of the ingestions whose landed rows are kept. */
async function recentIngestions(manager: EntityManager): Promise<string[]> {
  const ids: string[] = [];
  for (const [kind, kept] of Object.entries(KEPT_LANDINGS)) {
    const rows: { id: string }[] = await manager.query(
      `SELECT id FROM ingestions WHERE kind = ? ORDER BY created_at DESC, release_id DESC, id LIMIT ${kept}`,
      [kind],
    );
    ids.push(...rows.map(({ id }) => id));
  }
  return ids;
}

async function releasesToPurge(manager: EntityManager): Promise<number[]> {
  const { releaseId: active } = await manager.findOneByOrFail(ActiveRelease, { id: ACTIVE_RELEASE_ID });
  const failed = await manager.findBy(Release, { status: 'failed' });
  const others = await manager.find(Release, {
    where: {
      status: In(['ready', 'retired']),
      source: Not('overlay'),
      ...(active === null ? {} : { id: Not(active) }),
    },
    order: { id: 'DESC' },
  });
  const kept = active === null ? KEPT_RELEASES : KEPT_RELEASES - 1;
  return [...failed, ...others.slice(kept)].map(({ id }) => id);
}

/** Rows that one attempt of an ingestion landed, and those that it rejected. */
interface Landing {
  readonly ingestionId: string;
  readonly attempt: number;
  /** Rejected rows of an ingestion's last attempt are kept as long as the ingestion is. */
  readonly withRejections: boolean;
}

async function landingsToPurge(manager: EntityManager, byJob: string | null): Promise<Landing[]> {
  const kept = new Set(await recentIngestions(manager));
  // an attempt whose release could not be given up may still be writing
  const loading: { id: string; attempt: number }[] = await manager.query(
    "SELECT job_id AS id, attempt FROM releases WHERE status = 'loading'",
  );
  const busy = new Set(loading.map(({ id, attempt }) => `${id} ${attempt}`));
  const landings = new Map<string, Landing>();
  for (const table of [...LANDING_TABLES, 'rejected_rows']) {
    for (const { id, resumable, attempt, last, state } of await attemptsWithRows(manager, table)) {
      const isLast = attempt === last;
      const unfinished = id !== byJob && (state === 'queued' || state === 'active');
      // the present attempt goes on from what the one before has landed
      if (unfinished && Number(resumable) === 1) continue;
      const stays = isLast && (table === 'rejected_rows' || unfinished || kept.has(id));
      const key = `${id} ${attempt}`;
      if (!stays && !busy.has(key)) landings.set(key, { ingestionId: id, attempt, withRejections: !isLast });
    }
  }
  return [...landings.values()];
}

interface AttemptWithRows {
  readonly id: string;
  /** 1 for whole builds from the Web Services, which later attempts go on with. */
  readonly resumable: number | string;
  readonly attempt: number;
  /** Last attempt of the ingestion. */
  readonly last: number;
  readonly state: string;
}

/** Few, however many ingestions are on record: rows are kept of some of them only. */
function attemptsWithRows(manager: EntityManager, table: string): Promise<AttemptWithRows[]> {
  return manager.query(
    `SELECT i.id AS id, (i.kind = 'release' AND i.source = 'web_services') AS resumable, found.attempt AS attempt, i.attempt AS last, j.state AS state
       FROM (SELECT DISTINCT ingestion_id, attempt FROM ${table}) found
       JOIN ingestions i ON i.id = found.ingestion_id JOIN jobs j ON j.id = i.id
      WHERE found.attempt <= i.attempt`,
  );
}

async function lastLandedLine(
  manager: EntityManager,
  table: string,
  ingestionId: string,
  attempt: number,
): Promise<number> {
  const rows: { last: number | null }[] = await manager.query(
    `SELECT MAX(line_no) AS last FROM ${table} WHERE ingestion_id = ? AND attempt = ?`,
    [ingestionId, attempt],
  );
  return rows[0]?.last ?? -1;
}
