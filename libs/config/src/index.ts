export { AppConfig } from './app-config';
export type { DatabaseConfig, LogFormat, LogLevel } from './app-config';
export { ConfigModule } from './config.module';
export { ENVIRONMENT_SPECS, type Environment } from './environment';
export { loadConfig, toConfig } from './load-config';
