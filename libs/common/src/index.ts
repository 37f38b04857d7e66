export { AppError, OperatorError } from './app-error';
export type { ErrorCode, ParameterError } from './app-error';
export { isOnetSocCode, ONET_SOC_CODE_PATTERN } from './onet-soc-code';
export type { OnetSocCode } from './onet-soc-code';
