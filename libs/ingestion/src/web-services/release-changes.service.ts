import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ACTIVE_RELEASE_ID, ActiveRelease, Release, UnitOfWork } from '@app/database';
import {
  usableAnchors,
  usableDescriptions,
  usableOccupations,
  usableScales,
  type PulledTable,
} from '@app/normalization';
import { OnetClient, type OnetFilter, type OnetRow } from '@app/onet-client';
import { toLandingRows } from './landing-rows';
import { OCCUPATION_TABLE, optionalTables, SCALE_TABLE } from './tables';

/** What the Web Services have that the active release has not. */
export interface ReleaseChanges {
  /** Id of the active release. */
  readonly releaseId: number;
  /** Whole, as they are now. */
  readonly occupations: readonly OnetRow[];
  readonly scales: readonly OnetRow[];
  /** Ratings of the occupations that were rated anew, by table. */
  readonly ratings: ReadonlyMap<string, readonly OnetRow[]>;
  /** Codes of the occupations whose ratings are those, and not those of the active release. */
  readonly codes: ReadonlySet<string>;
  /** What skills are and what their levels mean, whole, as far as it is there. */
  readonly texts: readonly PulledTable[];
}

export type ChangesOutcome =
  | { readonly kind: 'none'; readonly releaseId: number }
  | { readonly kind: 'some'; readonly changes: ReleaseChanges }
  /** More than is sensibly fetched piece by piece. */
  | { readonly kind: 'whole' };

/** Occupations that are fetched by themselves; beyond that, pages of the whole tables are fewer requests. */
const MOST_BY_CODE = 30;

/** Finds out what has changed in the Web Services since the active release. */
@Injectable()
export class ReleaseChangesService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly client: OnetClient,
  ) {}

  /**
   * Compares occupations, scales, and what is said of skills by all that they say, and ratings by date.
   *
   * @throws OnetError
   */
  async find(signal: AbortSignal): Promise<ChangesOutcome> {
    const held = await this.unitOfWork.read(readHeld);
    const since = held?.since ?? null;
    if (held === null || since === null) return { kind: 'whole' };
    const { releaseId } = held;
    const occupations = await this.client.rows(OCCUPATION_TABLE, { signal });
    const scales = await this.client.rows(SCALE_TABLE, { signal });
    const tables = await this.client.skillTables(signal);
    const newer: OnetFilter = { column: 'date_updated', operator: 'gt', value: since };
    const ratings = new Map<string, OnetRow[]>();
    for (const table of tables) ratings.set(table, await this.client.rowsIfAny(table, { filters: [newer], signal }));

    const named = namesOf(occupations);
    const found = countByCode(ratings, named);
    const newcomers = [...named.keys()].filter((code) => !held.titles.has(code) && !found.has(code));
    // of these nothing is newer, but the release has nothing of them
    const pulled = held.pulled.filter((code) => named.has(code) && !found.has(code));
    // of an occupation that was rated anew, some rows may have kept their date
    const inPart = [...found].filter(([, rows]) => rows !== held.ratingsEach).map(([code]) => code);
    const byCode = [...new Set([...newcomers, ...pulled, ...inPart])];
    if (byCode.length > MOST_BY_CODE) return { kind: 'whole' };
    for (const code of byCode) {
      for (const [table, rows] of ratings) {
        const others = rows.filter((row) => row['onetsoc_code'] !== code);
        const filter: OnetFilter = { column: 'onetsoc_code', operator: 'eq', value: code };
        ratings.set(table, [...others, ...(await this.client.rowsIfAny(table, { filters: [filter], signal }))]);
      }
    }
    // an element that is new, or was renamed, stands in the rows of every occupation
    if ([...ratings.values()].flat().some((row) => !isNamedSo(row, held.names))) return { kind: 'whole' };

    // some of those that were asked for have no ratings: of these the release has none either
    const codes = new Set(countByCode(ratings, named).keys());
    const texts: PulledTable[] = [];
    for (const { name, landingTable } of optionalTables(await this.client.tables(signal))) {
      texts.push(toLandingRows(name, landingTable, await this.client.rowsIfAny(name, { filters: [], signal })));
    }
    const sameReference = isSame(named, held.titles) && isSame(boundsOf(scales), held.scales);
    if (codes.size === 0 && sameReference && isSame(textsOf(texts, held.names, scales), held.texts)) {
      return { kind: 'none', releaseId };
    }
    // in the order of the tables: what is landed of them must not look like the beginning of a whole one
    for (const [table, rows] of ratings) ratings.set(table, rows.toSorted(byOccupation));
    return { kind: 'some', changes: { releaseId, occupations, scales, ratings, codes, texts } };
  }
}

/** What the active release has. */
interface Held {
  readonly releaseId: number;
  readonly since: string | null;
  /** Titles and descriptions by code. */
  readonly titles: ReadonlyMap<string, string>;
  /** Names and bounds by scale id. */
  readonly scales: ReadonlyMap<string, string>;
  /** Names of the skills by element id. */
  readonly names: ReadonlyMap<string, string>;
  /** What is said of skills and their levels, by {@link textKey}. */
  readonly texts: ReadonlyMap<string, string>;
  /** Rows of a rated occupation. */
  readonly ratingsEach: number;
  /** Codes of the occupations that were pulled beside it. */
  readonly pulled: readonly string[];
}

async function readHeld(manager: EntityManager): Promise<Held | null> {
  const { releaseId } = await manager.findOneByOrFail(ActiveRelease, { id: ACTIVE_RELEASE_ID });
  if (releaseId === null) return null;
  const newest: { since: string | null }[] = await manager.query(
    'SELECT MAX(date_updated) AS since FROM occupation_skills WHERE release_id = ?',
    [releaseId],
  );
  const occupations: { onetsoc_code: string; title: string; description: string }[] = await manager.query(
    'SELECT onetsoc_code, title, description FROM occupations WHERE release_id = ?',
    [releaseId],
  );
  const scales: { scale_id: string; scale_name: string; minimum: number; maximum: number }[] = await manager.query(
    'SELECT scale_id, scale_name, minimum, maximum FROM scales WHERE release_id = ?',
    [releaseId],
  );
  const skills: { element_id: string; element_name: string }[] = await manager.query(
    'SELECT element_id, element_name FROM skills WHERE release_id = ?',
    [releaseId],
  );
  const texts: { id: string; level: number | string | null; said: string }[] = await manager.query(
    `SELECT element_id AS id, NULL AS level, description AS said FROM skill_descriptions WHERE release_id = ?
      UNION ALL
     SELECT element_id, anchor_value, anchor_description FROM level_anchors WHERE release_id = ?`,
    [releaseId, releaseId],
  );
  const overlay = await manager.findOneBy(Release, { source: 'overlay' });
  const pulled: { code: string }[] = await manager.query(
    'SELECT DISTINCT onetsoc_code AS code FROM occupation_skills WHERE release_id = ?',
    [overlay?.id ?? 0],
  );
  return {
    releaseId,
    since: newest[0]?.since ?? null,
    titles: new Map(occupations.map((row) => [row.onetsoc_code, JSON.stringify([row.title, row.description])])),
    scales: new Map(scales.map((row) => [row.scale_id, JSON.stringify([row.scale_name, row.minimum, row.maximum])])),
    names: new Map(skills.map((skill) => [skill.element_id, skill.element_name])),
    texts: new Map(texts.map(({ id, level, said }) => [textKey(id, level), said])),
    ratingsEach: 2 * skills.length,
    pulled: pulled.map(({ code }) => code),
  };
}

/** Titles and descriptions by code, as they would be normalised: what is of no use there is no change. */
function namesOf(rows: readonly OnetRow[]): Map<string, string> {
  const usable = usableOccupations(toLandingRows(OCCUPATION_TABLE, 'landing_occupations', rows));
  return new Map(usable.map(({ code, title, description }) => [code, JSON.stringify([title, description])]));
}

/** Names and bounds by scale id, likewise. */
function boundsOf(rows: readonly OnetRow[]): Map<string, string> {
  const usable = usableScales(toLandingRows(SCALE_TABLE, 'landing_scales', rows));
  return new Map(usable.map(({ id, name, minimum, maximum }) => [id, JSON.stringify([name, minimum, maximum])]));
}

/** What is said of skills and their levels, likewise. */
function textsOf(
  tables: readonly PulledTable[],
  skills: ReadonlyMap<string, string>,
  scales: readonly OnetRow[],
): Map<string, string> {
  const usable = usableScales(toLandingRows(SCALE_TABLE, 'landing_scales', scales));
  const texts = new Map<string, string>();
  for (const table of tables) {
    if (table.landingTable === 'landing_elements') {
      for (const { elementId, description } of usableDescriptions(table, skills)) {
        texts.set(textKey(elementId, null), description);
      }
    } else {
      for (const { elementId, value, description } of usableAnchors(table, skills, usable)) {
        texts.set(textKey(elementId, value), description);
      }
    }
  }
  return texts;
}

/** @param level of an anchor; null for what the skill is */
function textKey(elementId: string, level: number | string | null): string {
  return level === null ? elementId : `${elementId} ${Number(level)}`;
}

function isSame(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}

function byOccupation(one: OnetRow, other: OnetRow): number {
  const [a, b] = [String(one['onetsoc_code']), String(other['onetsoc_code'])];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Rows of each occupation that is listed; others are of no use. */
function countByCode(
  tables: ReadonlyMap<string, readonly OnetRow[]>,
  listed: ReadonlyMap<string, unknown>,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of [...tables.values()].flat()) {
    const code = String(row['onetsoc_code']);
    if (listed.has(code)) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return counts;
}

function isNamedSo(row: OnetRow, names: ReadonlyMap<string, string>): boolean {
  return names.get(String(row['element_id'])) === row['element_name'];
}
