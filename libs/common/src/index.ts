export { orAborted, pause } from './abort';
export { AppError, OperatorError } from './app-error';
export type { ErrorCode, ParameterError } from './app-error';
export { KeyRing } from './key-ring';
export { inLogContext, logContext, type LogFields } from './log-context';
export { isOnetSocCode, ONET_SOC_CODE_PATTERN } from './onet-soc-code';
export type { OnetSocCode } from './onet-soc-code';
