import { OperatorError } from '@app/common';

/** A source from which no release can be made, and why, in one sentence. */
export class ReleaseUnusableError extends OperatorError {
  override readonly code = 'RELEASE_UNUSABLE';
}
