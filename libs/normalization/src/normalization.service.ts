import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Release, UnitOfWork } from '@app/database';
import type { JobClaim } from '@app/jobs';
import type { ProgressListener } from './progress';
import { holdLoadingRelease, type LoadingRelease } from './release-locks';
import { ReleaseUnusableError } from './release-unusable-error';
import { normaliseAnchor } from './rules/anchor-rule';
import { normaliseElement } from './rules/element-rule';
import { normaliseOccupation } from './rules/occupation-rule';
import { RatingLedger, REQUIRED_SCALES } from './rules/rating-ledger';
import { normaliseRating } from './rules/rating-rule';
import { normaliseScale, type NormalisedScale } from './rules/scale-rule';
import { skillElements, type ElementCount } from './rules/skill-elements';
import { normaliseTable, type FileCounts, type NormaliserContext } from './table-normaliser';
import {
  anchorTarget,
  descriptionTarget,
  LANDING_TABLES,
  occupationTarget,
  ratingTarget,
  scaleTarget,
  type LandingTable,
} from './table-targets';

/** A table that lists more elements than this is no table of skills; O*NET has 35. */
const MAX_SKILLS = 500;

/** What became of the landed rows. */
export interface NormalisationResult {
  readonly files: readonly FileCounts[];
  readonly occupations: number;
  readonly rated: number;
  /** Codes of occupations with some, but not all ratings. */
  readonly incomplete: readonly string[];
  readonly skills: number;
  readonly scales: number;
  readonly ratings: number;
}

/** Makes the normalised rows of a release from the rows that an ingestion landed, wherever those came from. */
@Injectable()
export class NormalizationService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * @throws ReleaseUnusableError where a whole table is of no use
   * @throws the signal's reason once it is aborted
   */
  async normalise(
    loading: LoadingRelease,
    signal: AbortSignal,
    onProgress: ProgressListener,
  ): Promise<NormalisationResult> {
    const { jobId: ingestionId, releaseId } = loading;
    const files = await this.unitOfWork.read((manager) => landedFiles(manager, loading));
    const elements = await this.unitOfWork.read((manager) => countElements(manager, loading));
    const total = LANDING_TABLES.flatMap((table) => files[table]).reduce((sum, { rows }) => sum + rows, 0);
    let done = 0;
    const context: NormaliserContext = {
      unitOfWork: this.unitOfWork,
      loading,
      signal,
      onRows: (rows) => {
        done += rows;
        onProgress({ stage: 'normalising', done, total });
      },
    };

    const occupationLines = new Map<string, number>();
    const occupationFiles = await normaliseTable(
      context,
      occupationTarget(releaseId, (landed) => normaliseOccupation(landed, occupationLines)),
      namesOf(files.landing_occupations),
    );
    demand(occupationLines.size > 0, 'The release lists no usable occupation.');

    const scales = new Map<string, NormalisedScale>();
    const scaleLines = new Map<string, number>();
    const scaleFiles = await normaliseTable(
      context,
      scaleTarget(releaseId, (landed) => {
        const result = normaliseScale(landed, scaleLines);
        if ('row' in result) scales.set(result.row.id, result.row);
        return result;
      }),
      namesOf(files.landing_scales),
    );
    for (const id of REQUIRED_SCALES) demand(scales.has(id), `The release has no usable scale ${id}.`);

    const skills = skillElements(elements);
    demand(skills.size > 0, 'The release has no usable skill ratings: no row has a skill element (2.A.* or 2.B.*).');
    demand(
      skills.size <= MAX_SKILLS,
      `The skill ratings speak of ${skills.size} elements: that is no table of skills.`,
    );
    await this.insertSkills(loading, skills);

    const ledger = new RatingLedger(occupationLines.keys(), [...skills.keys()], [...scales.keys()]);
    const known = { skills, scales, ledger };
    const ratingFiles = await normaliseTable(
      context,
      ratingTarget(releaseId, ingestionId, (landed) => normaliseRating(landed, known)),
      namesOf(files.landing_skills),
    );
    const { rated, incomplete } = ledger.summary();
    demand(
      rated > 0,
      `No occupation of the release is rated on every skill (${skills.size} skills, levels and importances).`,
    );

    // whatever is wrong with these, occupations are rated without them
    const descriptionLines = new Map<string, number>();
    const descriptionFiles = await normaliseTable(
      context,
      descriptionTarget(releaseId, (landed) => normaliseElement(landed, skills, descriptionLines)),
      namesOf(files.landing_elements),
    );
    const anchors = { skills, scales, firstLines: new Map<string, number>() };
    const anchorFiles = await normaliseTable(
      context,
      anchorTarget(releaseId, (landed) => normaliseAnchor(landed, anchors)),
      namesOf(files.landing_level_anchors),
    );

    const result = {
      files: [...occupationFiles, ...scaleFiles, ...ratingFiles, ...descriptionFiles, ...anchorFiles],
      occupations: occupationLines.size,
      rated,
      incomplete,
      skills: skills.size,
      scales: scales.size,
      ratings: ratingFiles.reduce((sum, file) => sum + file.normalised, 0),
    };
    await this.unitOfWork.run((manager) =>
      manager.update(
        Release,
        { id: releaseId },
        {
          occupations: result.occupations,
          ratedOccupations: result.rated,
          skills: result.skills,
          scales: result.scales,
          ratings: result.ratings,
        },
      ),
    );
    return result;
  }

  private async insertSkills(loading: LoadingRelease, skills: ReadonlyMap<string, string>): Promise<void> {
    const rows = [...skills].map(([elementId, name]) => [loading.releaseId, elementId, name]);
    await this.unitOfWork.runBulk(async (manager) => {
      await holdLoadingRelease(manager, loading);
      await this.unitOfWork.insertRows(manager, 'skills', ['release_id', 'element_id', 'element_name'], rows);
    });
  }
}

function demand(condition: boolean, sentence: string): void {
  if (!condition) throw new ReleaseUnusableError(sentence);
}

/** A file that was landed, and its rows. */
interface LandedFile {
  readonly name: string;
  readonly rows: number;
}

type LandedFiles = Record<LandingTable, readonly LandedFile[]>;

function namesOf(files: readonly LandedFile[]): string[] {
  return files.map(({ name }) => name);
}

/** The files landed into each table, in order. */
async function landedFiles(manager: EntityManager, { jobId, attempt }: JobClaim): Promise<LandedFiles> {
  const files: Partial<LandedFiles> = {};
  for (const table of LANDING_TABLES) {
    const found: { name: string; rows: number | string }[] = await manager.query(
      `SELECT source_file AS name, COUNT(*) AS \`rows\` FROM ${table} WHERE ingestion_id = ? AND attempt = ?
        GROUP BY source_file ORDER BY source_file`,
      [jobId, attempt],
    );
    files[table] = found.map(({ name, rows }) => ({ name, rows: Number(rows) }));
  }
  // every landing table has its entry by now
  return files as LandedFiles;
}

async function countElements(manager: EntityManager, { jobId, attempt }: JobClaim): Promise<ElementCount[]> {
  const counts: { element_id: string | null; element_name: string | null; rows: number | string }[] =
    await manager.query(
      `SELECT element_id, element_name, COUNT(*) AS \`rows\` FROM landing_skills
        WHERE ingestion_id = ? AND attempt = ? GROUP BY element_id, element_name ORDER BY element_id, element_name`,
      [jobId, attempt],
    );
  return counts.map((count) => ({ ...count, rows: Number(count.rows) }));
}
