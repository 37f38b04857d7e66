import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Ingestion } from './ingestion.entity';

/** A row as it was delivered: where it stood, and every column as text. */
abstract class LandingRow {
  @PrimaryColumn('varchar', { name: 'ingestion_id', length: 36 })
  ingestionId!: string;

  @ManyToOne(() => Ingestion)
  @JoinColumn({ name: 'ingestion_id' })
  ingestion?: Ingestion;

  /** Of the job: rows that earlier attempts brought are not looked at. */
  @PrimaryColumn('int', { default: 1 })
  attempt!: number;

  @PrimaryColumn('varchar', { name: 'source_file', length: 64 })
  sourceFile!: string;

  /** Line in the file; the header is line 1. */
  @PrimaryColumn('int', { name: 'line_no' })
  lineNo!: number;
}

@Entity('landing_occupations', { withoutRowid: true })
export class LandingOccupation extends LandingRow {
  @Column('text', { nullable: true }) onetsoc_code!: string | null;
  @Column('text', { nullable: true }) title!: string | null;
  @Column('text', { nullable: true }) description!: string | null;
}

@Entity('landing_scales', { withoutRowid: true })
export class LandingScale extends LandingRow {
  @Column('text', { nullable: true }) scale_id!: string | null;
  @Column('text', { nullable: true }) scale_name!: string | null;
  @Column('text', { nullable: true }) minimum!: string | null;
  @Column('text', { nullable: true }) maximum!: string | null;
}

@Entity('landing_skills', { withoutRowid: true })
export class LandingSkill extends LandingRow {
  @Column('text', { nullable: true }) onetsoc_code!: string | null;
  @Column('text', { nullable: true }) element_id!: string | null;
  @Column('text', { nullable: true }) element_name!: string | null;
  @Column('text', { nullable: true }) scale_id!: string | null;
  @Column('text', { nullable: true }) data_value!: string | null;
  @Column('text', { nullable: true }) n!: string | null;
  @Column('text', { nullable: true }) standard_error!: string | null;
  @Column('text', { nullable: true }) lower_ci_bound!: string | null;
  @Column('text', { nullable: true }) upper_ci_bound!: string | null;
  @Column('text', { nullable: true }) recommend_suppress!: string | null;
  @Column('text', { nullable: true }) not_relevant!: string | null;
  @Column('text', { nullable: true }) date_updated!: string | null;
  @Column('text', { nullable: true }) domain_source!: string | null;
}

@Entity('landing_elements', { withoutRowid: true })
export class LandingElement extends LandingRow {
  @Column('text', { nullable: true }) element_id!: string | null;
  @Column('text', { nullable: true }) element_name!: string | null;
  @Column('text', { nullable: true }) description!: string | null;
}

@Entity('landing_level_anchors', { withoutRowid: true })
export class LandingLevelAnchor extends LandingRow {
  @Column('text', { nullable: true }) element_id!: string | null;
  @Column('text', { nullable: true }) element_name!: string | null;
  @Column('text', { nullable: true }) scale_id!: string | null;
  @Column('text', { nullable: true }) anchor_value!: string | null;
  @Column('text', { nullable: true }) anchor_description!: string | null;
}
