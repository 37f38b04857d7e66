import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Ingestion } from './ingestion.entity';

/** A row of a source that could not be used, with its place and the reason. */
@Entity('rejected_rows', { withoutRowid: true })
export class RejectedRow {
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

  @PrimaryColumn('int', { name: 'line_no' })
  lineNo!: number;

  /** The row as delivered, cut at 4,000 characters. */
  @Column('text')
  raw!: string;

  /** Kind of fault, for counting. */
  @Column('varchar', { name: 'reason_code', length: 32 })
  reasonCode!: string;

  /** What is wrong, with the value that is. */
  @Column('text')
  reason!: string;
}
