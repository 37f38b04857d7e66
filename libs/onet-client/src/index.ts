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
} from './onet-errors';
export type { OnetFilter, OnetPage, OnetRow } from './onet-types';
