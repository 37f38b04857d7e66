import { OperatorError } from '@app/common';

/** The Web Services could not be asked, or what they answered is of no use: not the same as "there is none". */
export class OnetUnavailableError extends OperatorError {
  override readonly code = 'ONET_UNAVAILABLE';
}
