import { Column, Entity, PrimaryColumn } from 'typeorm';
import { milliseconds } from './milliseconds';

/** Why something was not to be had; all but the last two are what O*NET said of an occupation. */
export type MissReason = 'unknown' | 'not_rated' | 'incomplete' | 'unavailable' | 'refused';

/** What services of others could not give, so that they are not asked for it again and again. */
@Entity('upstream_misses', { withoutRowid: true })
export class UpstreamMiss {
  /** Code of the occupation; `*` for whatever O*NET is asked, `gemini` for whatever the LLM is. */
  @PrimaryColumn('varchar', { length: 10 })
  code!: string;

  @Column('varchar', { length: 16 })
  reason!: MissReason;

  /** One sentence for clients. */
  @Column('text')
  detail!: string;

  @Column('datetime', { name: 'asked_at' })
  askedAt!: Date;

  /** Until when not to ask again; ms since 1970 by the clock of the database. */
  @Column('bigint', { name: 'valid_until', transformer: milliseconds })
  validUntil!: number;
}
