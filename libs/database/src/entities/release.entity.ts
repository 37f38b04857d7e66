import { Column, CreateDateColumn, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** Life of a release: being loaded, complete, formerly served, or given up. */
export type ReleaseStatus = 'loading' | 'ready' | 'retired' | 'failed';

/** Where a release comes from. */
export type ReleaseSource = 'text' | 'web_services' | 'overlay';

/** One loaded copy of an O*NET release. Every attempt of an import loads a row of its own. */
@Entity('releases')
export class Release {
  @PrimaryGeneratedColumn()
  id!: number;

  /** Version as published, such as `30.1`; a checksum label where it is not known. */
  @Column('varchar', { length: 32 })
  version!: string;

  /** For people: what exactly was loaded. */
  @Column('varchar', { length: 255 })
  label!: string;

  /** The one release `overlay` holds what was pulled by the occupation; it is served beside the active one only. */
  @Column('varchar', { length: 16 })
  source!: ReleaseSource;

  /** SHA-256 of the tables' bytes, in hex; null until all of them were read. */
  @Column('varchar', { length: 64, nullable: true })
  checksum!: string | null;

  /** Job that loads or loaded it, and the attempt of it; null for releases from before there were jobs. */
  @Column('varchar', { name: 'job_id', length: 36, nullable: true })
  jobId!: string | null;

  @Column('int', { nullable: true })
  attempt!: number | null;

  @Column('varchar', { length: 16 })
  status!: ReleaseStatus;

  @Column('int', { default: 0 })
  occupations!: number;

  /** Occupations with a level and an importance for every skill of the release. */
  @Column('int', { name: 'rated_occupations', default: 0 })
  ratedOccupations!: number;

  @Column('int', { default: 0 })
  skills!: number;

  @Column('int', { default: 0 })
  scales!: number;

  /** Rows of `occupation_skills`. */
  @Column('int', { default: 0 })
  ratings!: number;

  @CreateDateColumn({ name: 'created_at', type: 'datetime' })
  createdAt!: Date;

  @Column('datetime', { name: 'activated_at', nullable: true })
  activatedAt!: Date | null;
}
