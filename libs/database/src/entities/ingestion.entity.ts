import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Release } from './release.entity';

export type IngestionState = 'active' | 'completed' | 'failed';

/** Rows of one source table: as landed, as normalised, as rejected in either step. */
export interface TableCounts {
  landed: number;
  normalised: number;
  rejected: number;
}

/** One run of an ingestion. */
@Entity('ingestions')
export class Ingestion {
  /** UUID. */
  @PrimaryColumn('varchar', { length: 36 })
  id!: string;

  @Column('varchar', { length: 16 })
  kind!: 'release';

  @Column('varchar', { length: 16 })
  source!: 'text';

  /** What was read: name of the folder or archive. */
  @Column('varchar', { length: 255 })
  origin!: string;

  /** Null once the release is purged. */
  @Index()
  @Column('int', { name: 'release_id', nullable: true })
  releaseId!: number | null;

  @ManyToOne(() => Release, { nullable: true, onDelete: 'SET NULL' })
  @JoinColumn({ name: 'release_id' })
  release?: Release | null;

  @Column('varchar', { length: 16 })
  state!: IngestionState;

  /** Counts by source file. */
  @Column('simple-json')
  counts!: Record<string, TableCounts>;

  /** Why the run failed, or why its release was not activated; one sentence for people. */
  @Column('text', { nullable: true })
  error!: string | null;

  @CreateDateColumn({ name: 'created_at', type: 'datetime' })
  createdAt!: Date;

  @Column('datetime', { name: 'finished_at', nullable: true })
  finishedAt!: Date | null;
}
