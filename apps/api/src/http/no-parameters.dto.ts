import { IsAbsent } from './parameter-rules';

/** Name of the one property of {@link NoParameters}. */
export const NO_PARAMETER = 'nothing';

/** Query of a route that takes no parameters: whatever is given is an error. */
export class NoParameters {
  // a class without any rule would let everything pass
  @IsAbsent()
  readonly [NO_PARAMETER]?: never;
}
