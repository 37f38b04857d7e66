import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, OneToOne, PrimaryColumn } from 'typeorm';
import { Job } from './job.entity';
import { Release } from './release.entity';

/**
 * Rows of one source table: as landed, as normalised, as rejected in either step. What was landed is normalised, rejected
 * on that, or not needed.
 */
export interface TableCounts {
  landed: number;
  normalised: number;
  rejected: number;
  /** Fine, but about what nobody asks for; left out where there are none. */
  unneeded?: number;
}

/** What the rows of a release came to, over all of its tables. */
export interface QualityCounts {
  /** Release that was in service, and that the rows were compared with; null where there was none. */
  comparedWith: number | null;
  landed: number;
  normalised: number;
  /** Of those that were normalised: the same in the release that was in service. */
  unchanged: number;
  /** Not used, since a row with the same key was there already. */
  deduplicated: number;
  /** Not used for another reason. */
  rejected: number;
  /** Fine, but about what nobody asks for; left out where there are none. */
  unneeded?: number;
}

/** What is ingested: a whole release, or one occupation for the overlay. */
export type IngestionKind = 'release' | 'occupation';
export type IngestionSource = 'text' | 'web_services';

/** One ingestion; its state is that of its job. */
@Entity('ingestions')
export class Ingestion {
  /** Id of its job. */
  @PrimaryColumn('varchar', { length: 36 })
  id!: string;

  @OneToOne(() => Job)
  @JoinColumn({ name: 'id' })
  job?: Job;

  /** Attempt of the job that the rest of the row, the landed and the rejected rows are about. */
  @Column('int', { default: 1 })
  attempt!: number;

  @Column('varchar', { length: 16 })
  kind!: IngestionKind;

  @Column('varchar', { length: 16 })
  source!: IngestionSource;

  /** What was read: name of the folder or archive, host of the Web Services, or the code of an occupation. */
  @Column('varchar', { length: 255 })
  origin!: string;

  /** Null once the release is purged. */
  @Index()
  @Column('int', { name: 'release_id', nullable: true })
  releaseId!: number | null;

  @ManyToOne(() => Release, { nullable: true, onDelete: 'SET NULL' })
  @JoinColumn({ name: 'release_id' })
  release?: Release | null;

  /** Counts by source file. */
  @Column('simple-json')
  counts!: Record<string, TableCounts>;

  /** Null until it is known, and for single occupations. */
  @Column('simple-json', { nullable: true })
  quality!: QualityCounts | null;

  /** Why its release was not activated; one sentence for people. */
  @Column('text', { nullable: true })
  error!: string | null;

  @CreateDateColumn({ name: 'created_at', type: 'datetime' })
  createdAt!: Date;
}
