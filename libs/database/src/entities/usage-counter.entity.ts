import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How often something that costs quota was done on one day, over all processes. */
@Entity('usage_counters', { withoutRowid: true })
export class UsageCounter {
  /** `yyyy-mm-dd`, in UTC. */
  @PrimaryColumn('varchar', { length: 10 })
  day!: string;

  /** What is counted. */
  @PrimaryColumn('varchar', { length: 64 })
  name!: string;

  @Column('int')
  count!: number;
}
