import type { OnetSocCode } from '@app/common';

/** The release a snapshot was made from. */
export interface SnapshotRelease {
  readonly id: number;
  readonly version: string;
  readonly label: string;
  /** SHA-256 of the tables it was loaded from, in hex. */
  readonly checksum: string;
}

export interface SnapshotSkill {
  readonly elementId: string;
  readonly name: string;
}

export interface SnapshotScale {
  readonly scaleId: string;
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
}

export interface SnapshotOccupation {
  readonly code: OnetSocCode;
  readonly title: string;
  readonly description: string;
  /** Place of its ratings in {@link RatingColumns}, or -1 where it is not rated. */
  readonly row: number;
  /** Level and importance ratings found; twice the number of skills where it is rated. */
  readonly ratingCount: number;
}

/** Ratings of all rated occupations on one scale; the cell of a skill is `row * skills.length + skill index`. */
export interface RatingColumns {
  /** Hundredths of a scale point, so that values compare and subtract exactly. */
  readonly values: Int16Array;
  /** Number of raters; -1 where O*NET gives none. */
  readonly n: Int32Array;
  /** Ten-thousandths of a scale point; -1 where O*NET gives none. */
  readonly standardErrors: Int32Array;
  /** 1 where O*NET recommends to suppress the value. */
  readonly recommendSuppress: Uint8Array;
  /** 1 for relevant, 2 for not relevant, 0 where O*NET does not say (importance). */
  readonly notRelevant: Uint8Array;
}

interface SnapshotContent {
  readonly release: SnapshotRelease;
  readonly revision: number;
  readonly occupations: readonly SnapshotOccupation[];
  readonly skills: readonly SnapshotSkill[];
  readonly scales: readonly SnapshotScale[];
  readonly level: RatingColumns;
  readonly importance: RatingColumns;
}

/**
 * One release, whole and unchanging, in memory. A request works on the snapshot it began with, so that its answer never
 * mixes two releases.
 */
export class ReleaseSnapshot {
  readonly release: SnapshotRelease;
  /** Revision of what is served that this snapshot stands for. */
  readonly revision: number;
  /** In order of their codes. */
  readonly occupations: readonly SnapshotOccupation[];
  /** In O*NET's element order. */
  readonly skills: readonly SnapshotSkill[];
  /** In order of their ids. */
  readonly scales: readonly SnapshotScale[];
  readonly level: RatingColumns;
  readonly importance: RatingColumns;
  private readonly byCode: ReadonlyMap<string, SnapshotOccupation>;

  constructor(content: SnapshotContent) {
    this.release = content.release;
    this.revision = content.revision;
    this.occupations = content.occupations;
    this.skills = content.skills;
    this.scales = content.scales;
    this.level = content.level;
    this.importance = content.importance;
    this.byCode = new Map(content.occupations.map((occupation) => [occupation.code, occupation]));
  }

  find(code: OnetSocCode): SnapshotOccupation | undefined {
    return this.byCode.get(code);
  }

  /** Levels of a rated occupation in hundredths, one a skill, in the order of {@link skills}. */
  levelsOf(occupation: SnapshotOccupation): Int16Array {
    const start = occupation.row * this.skills.length;
    return this.level.values.subarray(start, start + this.skills.length);
  }
}
