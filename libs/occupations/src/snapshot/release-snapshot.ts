import type { OnetSocCode } from '@app/common';
import { layOver, type PulledOccupation } from './overlay';
import type {
  RatingColumns,
  ReleaseContent,
  SnapshotOccupation,
  SnapshotRelease,
  SnapshotScale,
  SnapshotSkill,
} from './release-content';

/** What is served at one moment: a release, and what was pulled beside it. */
interface SnapshotState {
  /** Revision of what is served that this snapshot stands for. */
  readonly revision: number;
  /** Occupations that every process finds in the database. */
  readonly pulled?: readonly PulledOccupation[];
  /** Occupations that this process knows already, and the database may not have yet. */
  readonly fresh?: readonly PulledOccupation[];
}

/**
 * One release, whole and unchanging, in memory, with the occupations that were pulled where it has none. A request works
 * on the snapshot it began with, so that its answer never mixes two releases.
 */
export class ReleaseSnapshot {
  readonly release: SnapshotRelease;
  readonly revision: number;
  /** Tells this snapshot from all others of the release, on every replica. */
  readonly edition: string;
  /** In order of their codes. */
  readonly occupations: readonly SnapshotOccupation[];
  /** In O*NET's element order. */
  readonly skills: readonly SnapshotSkill[];
  /** In order of their ids. */
  readonly scales: readonly SnapshotScale[];
  readonly level: RatingColumns;
  readonly importance: RatingColumns;
  /** Of {@link SnapshotState.pulled}. */
  readonly pulled: readonly PulledOccupation[];
  private readonly byCode: ReadonlyMap<string, SnapshotOccupation>;

  constructor(
    /** The release alone. */
    readonly content: ReleaseContent,
    { revision, pulled = [], fresh = [] }: SnapshotState,
  ) {
    const { occupations, level, importance } = layOver(content, [...pulled, ...fresh]);
    this.release = content.release;
    this.revision = revision;
    this.edition = [revision, ...fresh.map(({ code, pulledAt }) => `${code}@${Date.parse(pulledAt)}`)].join('+');
    this.occupations = occupations;
    this.skills = content.skills;
    this.scales = content.scales;
    this.level = level;
    this.importance = importance;
    this.pulled = pulled;
    this.byCode = new Map(occupations.map((occupation) => [occupation.code, occupation]));
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
