export { AppConfig } from './app-config';
export type { DatabaseConfig, LlmConfig, OnetApiConfig, ScheduledSource } from './app-config';
export { ConfigModule } from './config.module';
export type { Environment } from './environment';
export { loadConfig, toConfig } from './load-config';
export { isForThisMachineOnly } from './loopback';
