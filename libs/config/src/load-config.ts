import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { AppConfig } from './app-config';
import { parseEnvironment, type Environment } from './environment';

/**
 * The configuration of this process, from its environment and, where a variable is not set there, from `.env` in the
 * working directory.
 *
 * @throws OperatorError with one line per faulty variable.
 */
export function loadConfig(): AppConfig {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return toConfig(process.env);
}

/** As {@link loadConfig}, from the variables given. */
export function toConfig(environment: Environment): AppConfig {
  const env = parseEnvironment(environment);
  return {
    host: env.HOST,
    port: env.PORT,
    trustProxy: env.TRUST_PROXY,
    database: env.DATABASE_URL,
    dataFolder: env.DATABASE_URL.kind === 'sqlite' ? dirname(env.DATABASE_URL.path) : '.data',
    onetDataDir: env.ONET_DATA_DIR ?? null,
    onetDownloadBaseUrl: env.ONET_DOWNLOAD_BASE_URL,
    corsOrigins: env.CORS_ORIGINS,
    logLevel: env.LOG_LEVEL,
    logFormat: env.LOG_FORMAT,
  };
}
