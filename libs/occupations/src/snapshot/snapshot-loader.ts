import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { OnetSocCode } from '@app/common';
import { ACTIVE_RELEASE_ID, ActiveRelease, Ingestion, Release, UnitOfWork } from '@app/database';
import { compareElementIds } from '../element-order';
import { RatingTable, type RatingRow } from './rating-table';
import type { PulledOccupation } from './overlay';
import {
  isRated,
  type LevelAnchor,
  type ReleaseContent,
  type SnapshotOccupation,
  type SnapshotScale,
  type SnapshotSkill,
} from './release-content';
import { ReleaseSnapshot } from './release-snapshot';

/** Occupations whose ratings are read with one statement: few enough that requests are answered in between. */
const OCCUPATIONS_A_CHUNK = 50;

/** Which release is served, and since which change. */
export interface ServedRelease {
  readonly releaseId: number | null;
  readonly revision: number;
}

/** Reads snapshots from the database. */
@Injectable()
export class SnapshotLoader {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** What is served now; cheap. */
  served(): Promise<ServedRelease> {
    return this.unitOfWork.read(readServed);
  }

  /**
   * Reads what is served, whole, from one unchanging view of the database; `null` where no release is active.
   *
   * @param held a release that need not be read again if it is still the active one: releases never change
   * @throws Error where the rows do not match the counts that the release was recorded with.
   */
  load(held: ReleaseContent | null = null): Promise<ReleaseSnapshot | null> {
    return this.unitOfWork.read(async (manager) => {
      const { releaseId, revision } = await readServed(manager);
      if (releaseId === null) return null;
      const content = held?.release.id === releaseId ? held : await readRelease(manager, releaseId);
      return new ReleaseSnapshot(content, { revision, pulled: await readPulled(manager) });
    });
  }
}

async function readRelease(manager: EntityManager, releaseId: number): Promise<ReleaseContent> {
  const release = await manager.findOneByOrFail(Release, { id: releaseId });
  const skills = await readSkills(manager, releaseId);
  const scales = await readScales(manager, releaseId);
  const listed = await readOccupations(manager, releaseId);
  const table = new RatingTable(
    skills.map((skill) => skill.elementId),
    listed.length,
  );
  const occupations: SnapshotOccupation[] = [];
  for (let start = 0; start < listed.length; start += OCCUPATIONS_A_CHUNK) {
    const chunk = listed.slice(start, start + OCCUPATIONS_A_CHUNK);
    const ratings = groupByCode(await readRatings(manager, releaseId, chunk));
    for (const { onetsoc_code: code, title, description } of chunk) {
      occupations.push({ code, title, description, pulledAt: null, ...table.add(ratings.get(code) ?? []) });
    }
    await nextTurn();
  }
  verify(release, { occupations, skills, scales, ratings: table.rowsSeen });
  const { id, version, label, source, checksum } = release;
  if (source === 'overlay') throw new Error(`Release ${id} holds pulled occupations and cannot be served by itself`);
  return {
    release: { id, version, label, source, checksum: checksum ?? '' },
    occupations,
    skills,
    scales,
    ...table.columns(),
  };
}

/** What was pulled beside the releases, in order of the codes. */
async function readPulled(manager: EntityManager): Promise<PulledOccupation[]> {
  const overlay = await manager.findOneBy(Release, { source: 'overlay' });
  if (overlay === null) return [];
  const listed = await readOccupations(manager, overlay.id);
  const ratings = new Map<string, RatingRow[]>();
  for (let start = 0; start < listed.length; start += OCCUPATIONS_A_CHUNK) {
    const chunk = listed.slice(start, start + OCCUPATIONS_A_CHUNK);
    for (const [code, rows] of groupByCode(await readRatings(manager, overlay.id, chunk))) ratings.set(code, rows);
    await nextTurn();
  }
  const pulls = await manager.find(Ingestion, { where: { kind: 'occupation', releaseId: overlay.id } });
  const times = new Map(pulls.map(({ origin, createdAt }) => [origin, createdAt.toISOString()]));
  return listed.map(({ onetsoc_code: code, title, description }) => ({
    code,
    title,
    description,
    pulledAt: times.get(code) ?? overlay.createdAt.toISOString(),
    ratings: ratings.get(code) ?? [],
  }));
}

interface OccupationRow {
  readonly onetsoc_code: OnetSocCode;
  readonly title: string;
  readonly description: string;
}

async function readServed(manager: EntityManager): Promise<ServedRelease> {
  const { releaseId, revision } = await manager.findOneByOrFail(ActiveRelease, { id: ACTIVE_RELEASE_ID });
  return { releaseId, revision };
}

async function readSkills(manager: EntityManager, releaseId: number): Promise<SnapshotSkill[]> {
  const rows: { element_id: string; element_name: string }[] = await manager.query(
    'SELECT element_id, element_name FROM skills WHERE release_id = ?',
    [releaseId],
  );
  const described: { element_id: string; description: string }[] = await manager.query(
    'SELECT element_id, description FROM skill_descriptions WHERE release_id = ?',
    [releaseId],
  );
  const descriptions = new Map(described.map((row) => [row.element_id, row.description]));
  const anchors = await readAnchors(manager, releaseId);
  return rows
    .map(({ element_id: elementId, element_name: name }) => ({
      elementId,
      name,
      description: descriptions.get(elementId) ?? null,
      anchors: anchors.get(elementId) ?? [],
    }))
    .sort((a, b) => compareElementIds(a.elementId, b.elementId));
}

/** Anchors on the level scale by element id, in order of their levels. */
async function readAnchors(manager: EntityManager, releaseId: number): Promise<Map<string, LevelAnchor[]>> {
  // MySQL's driver gives decimals as text
  const rows: { element_id: string; level: number | string; description: string }[] = await manager.query(
    `SELECT element_id, anchor_value AS level, anchor_description AS description FROM level_anchors
      WHERE release_id = ? AND scale_id = 'LV' ORDER BY element_id, anchor_value`,
    [releaseId],
  );
  const anchors = new Map<string, LevelAnchor[]>();
  for (const { element_id: elementId, level, description } of rows) {
    const anchor = { level: Number(level), description };
    const others = anchors.get(elementId);
    if (others === undefined) anchors.set(elementId, [anchor]);
    else others.push(anchor);
  }
  return anchors;
}

async function readScales(manager: EntityManager, releaseId: number): Promise<SnapshotScale[]> {
  const rows: { scale_id: string; scale_name: string; minimum: number; maximum: number }[] = await manager.query(
    'SELECT scale_id, scale_name, minimum, maximum FROM scales WHERE release_id = ? ORDER BY scale_id',
    [releaseId],
  );
  return rows.map(({ scale_id: scaleId, scale_name: name, minimum, maximum }) => ({ scaleId, name, minimum, maximum }));
}

function readOccupations(manager: EntityManager, releaseId: number): Promise<OccupationRow[]> {
  return manager.query(
    'SELECT onetsoc_code, title, description FROM occupations WHERE release_id = ? ORDER BY onetsoc_code',
    [releaseId],
  );
}

function readRatings(
  manager: EntityManager,
  releaseId: number,
  occupations: readonly OccupationRow[],
): Promise<RatingRow[]> {
  return manager.query(
    `SELECT onetsoc_code, element_id, scale_id, data_value, n, standard_error, recommend_suppress, not_relevant
       FROM occupation_skills WHERE release_id = ? AND onetsoc_code BETWEEN ? AND ?`,
    [releaseId, occupations[0]?.onetsoc_code, occupations.at(-1)?.onetsoc_code],
  );
}

function groupByCode(rows: readonly RatingRow[]): Map<string, RatingRow[]> {
  const groups = new Map<string, RatingRow[]>();
  for (const row of rows) {
    const group = groups.get(row.onetsoc_code);
    if (group === undefined) groups.set(row.onetsoc_code, [row]);
    else group.push(row);
  }
  return groups;
}

/** A release that was purged or damaged under the reader must not be served in part. */
function verify(
  release: Release,
  found: {
    readonly occupations: readonly SnapshotOccupation[];
    readonly skills: readonly unknown[];
    readonly scales: readonly unknown[];
    readonly ratings: number;
  },
): void {
  const counts = [
    ['occupations', release.occupations, found.occupations.length],
    ['rated occupations', release.ratedOccupations, found.occupations.filter(isRated).length],
    ['skills', release.skills, found.skills.length],
    ['scales', release.scales, found.scales.length],
    ['ratings', release.ratings, found.ratings],
  ] as const;
  const wrong = counts.filter(([, recorded, read]) => recorded !== read);
  if (wrong.length === 0) return;
  const list = wrong.map(([what, recorded, read]) => `${read} ${what} instead of ${recorded}`).join(', ');
  throw new Error(`Release ${release.id} (${release.version}) is not whole: ${list}`);
}
