import { Injectable } from '@nestjs/common';
import { In, Not, type EntityManager } from 'typeorm';
import { ACTIVE_RELEASE_ID, ActiveRelease, Ingestion, Release, UnitOfWork } from '@app/database';
import { lockActiveRelease } from './release-locks';

/** Good releases kept, the active one among them. */
const KEPT_RELEASES = 3;
/** Ingestions whose landed rows are kept. */
const KEPT_LANDINGS = 3;
/** Few enough that no transaction is long. */
const OCCUPATIONS_A_CHUNK = 60;
const LANDED_LINES_A_CHUNK = 4000;

const LANDING_TABLES = ['landing_occupations', 'landing_scales', 'landing_skills'] as const;

/** Gives up what a dead run left behind, and deletes what is no longer kept. */
@Injectable()
export class RetentionService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * Marks ingestions that are still `active`, and releases still `loading`, as failed. Only for the holder of the
   * ingestion lock: nobody else can be running one.
   */
  async giveUpLeftovers(): Promise<void> {
    await this.unitOfWork.run(async (manager) => {
      await manager.update(
        Ingestion,
        { state: 'active' },
        { state: 'failed', error: 'The process that ran it ended before it was done.', finishedAt: new Date() },
      );
      await manager.update(Release, { status: 'loading' }, { status: 'failed' });
    });
  }

  /** Deletes failed releases, good ones beyond the last three, and landed rows beyond the last three ingestions. */
  async purge(): Promise<void> {
    for (const releaseId of await this.unitOfWork.read(releasesToPurge)) await this.purgeRelease(releaseId);
    for (const ingestionId of await this.unitOfWork.read(landingsToPurge)) await this.purgeLanding(ingestionId);
  }

  private async purgeRelease(releaseId: number): Promise<void> {
    if (!(await this.unitOfWork.run((manager) => withdraw(manager, releaseId)))) return;
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
      for (const table of ['skills', 'scales']) {
        await manager.query(`DELETE FROM ${table} WHERE release_id = ?`, [releaseId]);
      }
      await manager.delete(Release, { id: releaseId });
    });
  }

  private async purgeLanding(ingestionId: string): Promise<void> {
    for (const table of LANDING_TABLES) {
      const lastLine = await this.unitOfWork.read((manager) => lastLandedLine(manager, table, ingestionId));
      for (let line = 0; line <= lastLine; line += LANDED_LINES_A_CHUNK) {
        await this.unitOfWork.run(async (manager) => {
          const files: { source_file: string }[] = await manager.query(
            `SELECT DISTINCT source_file FROM ${table} WHERE ingestion_id = ?`,
            [ingestionId],
          );
          for (const { source_file: file } of files) {
            await manager.query(
              `DELETE FROM ${table} WHERE ingestion_id = ? AND source_file = ? AND line_no BETWEEN ? AND ?`,
              [ingestionId, file, line, line + LANDED_LINES_A_CHUNK - 1],
            );
          }
        });
      }
    }
  }
}

/** Makes sure that a release cannot be activated any more; tells whether it may be deleted. */
async function withdraw(manager: EntityManager, releaseId: number): Promise<boolean> {
  const active = await lockActiveRelease(manager);
  if (active.releaseId === releaseId) return false;
  await manager.update(Release, { id: releaseId }, { status: 'failed' });
  return true;
}

async function releasesToPurge(manager: EntityManager): Promise<number[]> {
  const { releaseId: active } = await manager.findOneByOrFail(ActiveRelease, { id: ACTIVE_RELEASE_ID });
  const failed = await manager.findBy(Release, { status: 'failed' });
  const others = await manager.find(Release, {
    where: { status: In(['ready', 'retired']), ...(active === null ? {} : { id: Not(active) }) },
    order: { id: 'DESC' },
  });
  const kept = active === null ? KEPT_RELEASES : KEPT_RELEASES - 1;
  return [...failed, ...others.slice(kept)].map(({ id }) => id);
}

async function landingsToPurge(manager: EntityManager): Promise<string[]> {
  const rows: { id: string }[] = await manager.query(
    'SELECT id FROM ingestions ORDER BY created_at DESC, release_id DESC',
  );
  const candidates = rows.slice(KEPT_LANDINGS).map(({ id }) => id);
  const landed: string[] = [];
  for (const id of candidates) {
    for (const table of LANDING_TABLES) {
      const found: unknown[] = await manager.query(`SELECT 1 FROM ${table} WHERE ingestion_id = ? LIMIT 1`, [id]);
      if (found.length > 0 && !landed.includes(id)) landed.push(id);
    }
  }
  return landed;
}

async function lastLandedLine(manager: EntityManager, table: string, ingestionId: string): Promise<number> {
  const rows: { last: number | null }[] = await manager.query(
    `SELECT MAX(line_no) AS last FROM ${table} WHERE ingestion_id = ?`,
    [ingestionId],
  );
  return rows[0]?.last ?? -1;
}
