import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { milliseconds } from './milliseconds';

/** What the LLM can be asked for: levels of one occupation, or a description of the gap between two. */
export type LlmRequestKind = 'assessment' | 'gap';

/** What became of a call: its reply is used, or cannot be used, or there was none. */
export type LlmOutcome = 'accepted' | 'rejected' | 'failed';

/** A question to a model. The same question is one row, however often it was asked. */
@Entity('llm_requests')
@Index(['promptHash', 'model'], { unique: true })
export class LlmRequest {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('varchar', { length: 16 })
  kind!: LlmRequestKind;

  /** The occupation that is assessed, or that the gap leads to. */
  @Index()
  @Column('varchar', { length: 10 })
  onetsoc_code!: string;

  /** The occupation that the gap begins at, or in whose light the other is assessed. */
  @Column('varchar', { length: 10, nullable: true })
  from_onetsoc_code!: string | null;

  /** As it was asked for, which may be an alias. */
  @Column('varchar', { length: 100 })
  model!: string;

  @Column('varchar', { name: 'prompt_version', length: 16 })
  promptVersion!: string;

  /** SHA-256 of all that the model is given, in hex. */
  @Column('varchar', { name: 'prompt_hash', length: 64 })
  promptHash!: string;

  /** Whole. */
  @Column('text')
  prompt!: string;

  /** JSON schema of the reply. */
  @Column('text', { name: 'response_schema' })
  responseSchema!: string;

  /** Ms since 1970 by the clock of the database. */
  @Column('bigint', { name: 'created_at', transformer: milliseconds })
  createdAt!: number;
}

/** One call of a model, and what came of it. */
@Entity('llm_replies')
@Index(['requestId', 'outcome'])
export class LlmReply {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('int', { name: 'request_id' })
  requestId!: number;

  @ManyToOne(() => LlmRequest, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'request_id' })
  request?: LlmRequest;

  /** Job that made the call. */
  @Column('varchar', { name: 'job_id', length: 36, nullable: true })
  jobId!: string | null;

  @Column('varchar', { length: 16 })
  outcome!: LlmOutcome;

  /** Why it cannot be used, or why there is none; one sentence. */
  @Column('text', { nullable: true })
  reason!: string | null;

  /** The model that answered, by its own word. */
  @Column('varchar', { name: 'model_version', length: 100, nullable: true })
  modelVersion!: string | null;

  /** As it came, whole. */
  @Column('text', { nullable: true })
  reply!: string | null;

  @Column('int', { name: 'prompt_tokens', nullable: true })
  promptTokens!: number | null;

  /** With what the model thought to itself. */
  @Column('int', { name: 'reply_tokens', nullable: true })
  replyTokens!: number | null;

  @Column('int', { name: 'latency_ms' })
  latencyMs!: number;

  /** Ms since 1970 by the clock of the database. */
  @Column('bigint', { name: 'created_at', transformer: milliseconds })
  createdAt!: number;
}

/** A row that was understood from a reply, and goes with it. */
abstract class ReplyRow {
  @PrimaryColumn('int', { name: 'reply_id' })
  replyId!: number;

  @ManyToOne(() => LlmReply, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'reply_id' })
  reply?: LlmReply;

  @PrimaryColumn('varchar', { length: 20 }) element_id!: string;
}

/** The level of one skill in an occupation, as the LLM sees it. */
@Entity('llm_skill_assessments', { withoutRowid: true })
export class LlmSkillAssessment extends ReplyRow {
  /** On the LV scale, 0-7; null where the LLM cannot say. */
  @Column('decimal', { precision: 3, scale: 2, nullable: true })
  level!: string | number | null;

  /** The level in a word, from "Not needed" to "Expert". */
  @Column('varchar', { length: 16 })
  proficiency!: string;

  @Column('text')
  explanation!: string;
}

/** What the gap in one skill consists of, as the LLM sees it. */
@Entity('llm_gap_descriptions', { withoutRowid: true })
export class LlmGapDescription extends ReplyRow {
  @Column('text')
  description!: string;
}
