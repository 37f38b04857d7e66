import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { OperatorError } from '@app/common';
import type { AppConfig, IngestionSchedule } from './app-config';
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
  const redisUrl = env.REDIS_URL ?? null;
  if (redisUrl !== null && env.DATABASE_URL.kind === 'sqlite') {
    throw unusable(
      'REDIS_URL goes with MySQL or MariaDB only: workers in other processes cannot share an SQLite file. ' +
        'Set DATABASE_URL to mysql://…, or leave REDIS_URL out',
    );
  }
  return {
    host: env.HOST,
    port: env.PORT,
    workerPort: env.WORKER_PORT,
    trustProxy: env.TRUST_PROXY,
    database: env.DATABASE_URL,
    dataFolder: env.DATABASE_URL.kind === 'sqlite' ? dirname(env.DATABASE_URL.path) : '.data',
    redisUrl,
    adminApiKeys: env.ADMIN_API_KEYS ?? [],
    onetDataDir: env.ONET_DATA_DIR ?? null,
    onetDataRoot: env.ONET_DATA_ROOT ?? null,
    ingestionSchedule: ingestionSchedule(env),
    onetDownloadBaseUrl: env.ONET_DOWNLOAD_BASE_URL,
    corsOrigins: env.CORS_ORIGINS,
    logLevel: env.LOG_LEVEL,
    logFormat: env.LOG_FORMAT,
  };
}

function ingestionSchedule(env: ReturnType<typeof parseEnvironment>): IngestionSchedule | null {
  const { INGESTION_CRON: cron, INGESTION_CRON_SOURCE: given, ONET_DATA_DIR: folder } = env;
  if (cron === undefined) return null;
  if (given?.source === 'directory' && env.ONET_DATA_ROOT === undefined) {
    throw unusable('INGESTION_CRON_SOURCE names a directory, which needs ONET_DATA_ROOT');
  }
  if (given !== undefined) return { cron, source: given };
  if (folder !== undefined) return { cron, source: { source: 'path', path: folder } };
  throw unusable('INGESTION_CRON needs to know what to ingest: set INGESTION_CRON_SOURCE or ONET_DATA_DIR');
}

function unusable(sentence: string): OperatorError {
  return new OperatorError(`The configuration is not usable:\n  ${sentence}.`);
}
