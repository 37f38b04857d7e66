import type { OnetSocCode } from '@app/common';

/** Where figures come from: files that O*NET publishes, or its Web Services. */
export type DataSource = 'text' | 'web_services';

/** The release a snapshot was made from. */
export interface SnapshotRelease {
  readonly id: number;
  readonly version: string;
  readonly label: string;
  readonly source: DataSource;
  /** SHA-256 of the tables it was loaded from, in hex. */
  readonly checksum: string;
}

/** What somebody at a level of a skill can do. */
export interface LevelAnchor {
  /** On the LV scale, 0-7. */
  readonly level: number;
  readonly description: string;
}

export interface SnapshotSkill {
  readonly elementId: string;
  readonly name: string;
  /** What the skill is; null where the release does not say. */
  readonly description: string | null;
  /** In order of their levels; empty where the release has none. */
  readonly anchors: readonly LevelAnchor[];
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
  /**
   * When it was pulled from the Web Services, as ISO 8601 in UTC, since the release lacks it or does not rate it; null
   * for an occupation of the release itself.
   */
  readonly pulledAt: string | null;
}

/** Whether an occupation is there and has complete ratings, so that gaps can be asked for. */
export function isRated(occupation: SnapshotOccupation | undefined): occupation is SnapshotOccupation {
  return occupation !== undefined && occupation.row >= 0;
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

/** A release as it was loaded, without anything that was pulled since. */
export interface ReleaseContent {
  readonly release: SnapshotRelease;
  /** In order of their codes. */
  readonly occupations: readonly SnapshotOccupation[];
  /** In O*NET's element order. */
  readonly skills: readonly SnapshotSkill[];
  /** In order of their ids. */
  readonly scales: readonly SnapshotScale[];
  readonly level: RatingColumns;
  readonly importance: RatingColumns;
}
