import { Allow } from 'class-validator';

/** Name of the one property of {@link NoParameters}. */
export const NO_PARAMETER = 'nothing';

/** Query of a route that takes no parameters: whatever is given is an error. */
export class NoParameters {
  // class-validator knows classes by their rules; the pipe passes over this one
  @Allow()
  readonly [NO_PARAMETER]?: never;
}
