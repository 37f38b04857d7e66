export { OnetClient } from './onet-client';
export { OnetClientModule } from './onet-client.module';
export {
  OnetCredentialsError,
  OnetError,
  OnetLimitedError,
  OnetMalformedError,
  OnetNoDataError,
  OnetNotConfiguredError,
  OnetRefusedError,
  OnetUnreachableError,
  type OnetErrorKind,
} from './onet-errors';
export type { OnetFilter, OnetPage, OnetRow, OnetRowsOptions, OnetTable } from './onet-types';
