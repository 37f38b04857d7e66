import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Release } from './release.entity';

/** The one row that says which release is served. */
@Entity('active_release')
export class ActiveRelease {
  /** Always {@link ACTIVE_RELEASE_ID}. */
  @PrimaryColumn('int')
  id!: number;

  @Index()
  @Column('int', { name: 'release_id', nullable: true })
  releaseId!: number | null;

  @ManyToOne(() => Release, { nullable: true })
  @JoinColumn({ name: 'release_id' })
  release?: Release | null;

  /** Grows by one with every change of what is served. */
  @Column('int')
  revision!: number;
}

export const ACTIVE_RELEASE_ID = 1;
