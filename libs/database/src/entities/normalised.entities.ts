import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Ingestion } from './ingestion.entity';
import { Release } from './release.entity';

/** A row that belongs to one release and goes with it. Columns carry the names of the O*NET dictionary. */
abstract class ReleaseRow {
  @PrimaryColumn('int', { name: 'release_id' })
  releaseId!: number;

  @ManyToOne(() => Release, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'release_id' })
  release?: Release;
}

@Entity('occupations', { withoutRowid: true })
export class Occupation extends ReleaseRow {
  @PrimaryColumn('varchar', { length: 10 }) onetsoc_code!: string;
  @Column('varchar', { length: 255 }) title!: string;
  @Column('text') description!: string;
}

@Entity('skills', { withoutRowid: true })
export class Skill extends ReleaseRow {
  @PrimaryColumn('varchar', { length: 20 }) element_id!: string;
  @Column('varchar', { length: 255 }) element_name!: string;
}

@Entity('scales', { withoutRowid: true })
export class Scale extends ReleaseRow {
  @PrimaryColumn('varchar', { length: 3 }) scale_id!: string;
  @Column('varchar', { length: 255 }) scale_name!: string;
  @Column('int') minimum!: number;
  @Column('int') maximum!: number;
}

/** One rating of one skill of one occupation on one scale. */
@Entity('occupation_skills', { withoutRowid: true })
@Index(['releaseId', 'element_id'])
@Index(['releaseId', 'scale_id'])
export class OccupationSkill {
  @PrimaryColumn('int', { name: 'release_id' })
  releaseId!: number;

  @PrimaryColumn('varchar', { length: 10 }) onetsoc_code!: string;
  @PrimaryColumn('varchar', { length: 20 }) element_id!: string;
  @PrimaryColumn('varchar', { length: 3 }) scale_id!: string;

  @ManyToOne(() => Occupation, { onDelete: 'CASCADE' })
  @JoinColumn([
    { name: 'release_id', referencedColumnName: 'releaseId' },
    { name: 'onetsoc_code', referencedColumnName: 'onetsoc_code' },
  ])
  occupation?: Occupation;

  @ManyToOne(() => Skill, { onDelete: 'CASCADE' })
  @JoinColumn([
    { name: 'release_id', referencedColumnName: 'releaseId' },
    { name: 'element_id', referencedColumnName: 'element_id' },
  ])
  skill?: Skill;

  @ManyToOne(() => Scale, { onDelete: 'CASCADE' })
  @JoinColumn([
    { name: 'release_id', referencedColumnName: 'releaseId' },
    { name: 'scale_id', referencedColumnName: 'scale_id' },
  ])
  scale?: Scale;

  /** On the scale's own range, at most two decimals. */
  @Column('decimal', { precision: 5, scale: 2 }) data_value!: string;
  @Column('int', { nullable: true }) n!: number | null;
  @Column('decimal', { precision: 7, scale: 4, nullable: true }) standard_error!: string | null;
  @Column('decimal', { precision: 7, scale: 4, nullable: true }) lower_ci_bound!: string | null;
  @Column('decimal', { precision: 7, scale: 4, nullable: true }) upper_ci_bound!: string | null;
  /** `Y` where O*NET advises against use, since the standard error is large. */
  @Column('varchar', { length: 1, nullable: true }) recommend_suppress!: 'Y' | 'N' | null;
  /** `Y` where most raters called the skill unimportant; level rows only. */
  @Column('varchar', { length: 1, nullable: true }) not_relevant!: 'Y' | 'N' | null;
  /** First day of the month O*NET gives. */
  @Column('date', { nullable: true }) date_updated!: string | null;
  @Column('varchar', { length: 64, nullable: true }) domain_source!: string | null;

  /** Ingestion the row came with. */
  @Index()
  @Column('varchar', { name: 'ingestion_id', length: 36 })
  ingestionId!: string;

  @ManyToOne(() => Ingestion)
  @JoinColumn({ name: 'ingestion_id' })
  ingestion?: Ingestion;
}

/** What a skill is; of releases that came with the content model only. */
@Entity('skill_descriptions', { withoutRowid: true })
export class SkillDescription {
  @PrimaryColumn('int', { name: 'release_id' })
  releaseId!: number;

  @PrimaryColumn('varchar', { length: 20 }) element_id!: string;

  @ManyToOne(() => Skill, { onDelete: 'CASCADE' })
  @JoinColumn([
    { name: 'release_id', referencedColumnName: 'releaseId' },
    { name: 'element_id', referencedColumnName: 'element_id' },
  ])
  skill?: Skill;

  @Column('text') description!: string;
}

/** What somebody at a level of a skill can do; of releases that came with anchors only. */
@Entity('level_anchors', { withoutRowid: true })
@Index(['releaseId', 'scale_id'])
export class LevelAnchor {
  @PrimaryColumn('int', { name: 'release_id' })
  releaseId!: number;

  @PrimaryColumn('varchar', { length: 20 }) element_id!: string;
  @PrimaryColumn('varchar', { length: 3 }) scale_id!: string;
  /** On the scale's own range, at most two decimals; O*NET's are whole so far. */
  @PrimaryColumn('decimal', { precision: 5, scale: 2 }) anchor_value!: string;

  @ManyToOne(() => Skill, { onDelete: 'CASCADE' })
  @JoinColumn([
    { name: 'release_id', referencedColumnName: 'releaseId' },
    { name: 'element_id', referencedColumnName: 'element_id' },
  ])
  skill?: Skill;

  @ManyToOne(() => Scale, { onDelete: 'CASCADE' })
  @JoinColumn([
    { name: 'release_id', referencedColumnName: 'releaseId' },
    { name: 'scale_id', referencedColumnName: 'scale_id' },
  ])
  scale?: Scale;

  @Column('text') anchor_description!: string;
}
