import { isOnetSocCode, OperatorError, type OnetSocCode } from '@app/common';

/** An argument that must be an O*NET-SOC code. @throws OperatorError */
export function codeArgument(value: string): OnetSocCode {
  if (!isOnetSocCode(value)) throw new OperatorError(`"${value}" is not an O*NET-SOC code such as 11-1011.00.`);
  return value;
}
