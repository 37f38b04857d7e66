import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { milliseconds } from './milliseconds';

export const JOB_STATES = ['queued', 'active', 'completed', 'failed', 'cancelled'] as const;

/** Life of a job; the last three are its ends. */
export type JobState = (typeof JOB_STATES)[number];

/** Who runs a job: whoever drains its queue, or only the process that asked for it. */
export type JobPlace = 'queue' | 'inline';

/** One piece of slow work that somebody asked for: the ledger that every engine answers to. */
@Entity('jobs')
@Index(['state', 'createdAt'])
export class Job {
  /** UUID. */
  @PrimaryColumn('varchar', { length: 36 })
  id!: string;

  /** Name of the job's definition. */
  @Column('varchar', { length: 64 })
  type!: string;

  @Column('varchar', { length: 64 })
  queue!: string;

  @Column('varchar', { length: 16 })
  place!: JobPlace;

  /** JSON; ids and choices only, never data. */
  @Column('text')
  payload!: string;

  @Column('varchar', { length: 16 })
  state!: JobState;

  @Column('varchar', { name: 'progress_stage', length: 32, nullable: true })
  progressStage!: string | null;

  @Column('bigint', { name: 'progress_done', nullable: true, transformer: milliseconds })
  progressDone!: number | null;

  /** Null where it is not known. */
  @Column('bigint', { name: 'progress_total', nullable: true, transformer: milliseconds })
  progressTotal!: number | null;

  /** How many times the job was begun. Effects of any but the last time are refused. */
  @Column('int')
  attempt!: number;

  /** How many of the attempts ended in an error of the work itself. */
  @Column('int')
  failures!: number;

  /** How many times the job was given to the engine; part of its name there. */
  @Column('int')
  handover!: number;

  /** Who runs the job now. */
  @Column('varchar', { length: 128, nullable: true })
  owner!: string | null;

  /** Until when the owner need not be doubted; ms since 1970 by the clock of the database. */
  @Column('bigint', { name: 'lease_until', nullable: true, transformer: milliseconds })
  leaseUntil!: number | null;

  /** Before this the job should not be begun; ms since 1970 by the clock of the database. */
  @Column('bigint', { name: 'run_after', nullable: true, transformer: milliseconds })
  runAfter!: number | null;

  @Column('boolean', { name: 'cancel_requested' })
  cancelRequested!: boolean;

  /** What the job is about: a second job about the same is not begun while this one is unfinished. */
  @Column('varchar', { length: 191, nullable: true })
  subject!: string | null;

  /** {@link subject} while the job is unfinished, null afterwards: this is what makes requests share a job. */
  @Index({ unique: true })
  @Column('varchar', { name: 'active_key', length: 191, nullable: true })
  activeKey!: string | null;

  /** JSON. */
  @Column('text', { nullable: true })
  result!: string | null;

  /** Stable code of what went wrong. */
  @Column('varchar', { name: 'error_code', length: 64, nullable: true })
  errorCode!: string | null;

  /** What went wrong, for everybody. */
  @Column('text', { name: 'error_detail', nullable: true })
  errorDetail!: string | null;

  /** What went wrong, as it was thrown; for admins only. */
  @Column('text', { name: 'error_raw', nullable: true })
  errorRaw!: string | null;

  @Column('varchar', { name: 'requested_by', length: 64 })
  requestedBy!: string;

  /** Id of the request to the api that asked for it; null where no request did. */
  @Column('varchar', { name: 'request_id', length: 64, nullable: true })
  requestId!: string | null;

  @Column('datetime', { name: 'created_at', precision: 3 })
  createdAt!: Date;

  @Column('datetime', { name: 'started_at', precision: 3, nullable: true })
  startedAt!: Date | null;

  @Column('datetime', { name: 'finished_at', precision: 3, nullable: true })
  finishedAt!: Date | null;
}
