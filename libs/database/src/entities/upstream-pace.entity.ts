import { Column, Entity, PrimaryColumn } from 'typeorm';

/** When the last requests to a service of somebody else go out, over all processes. */
@Entity('upstream_pace')
export class UpstreamPace {
  /** The service. */
  @PrimaryColumn('varchar', { length: 64 })
  name!: string;

  /**
   * Times of as many requests as are allowed in a second, oldest first, separated by commas; ms since 1970 by the clock
   * of the database.
   */
  @Column('varchar', { length: 255 })
  slots!: string;
}
