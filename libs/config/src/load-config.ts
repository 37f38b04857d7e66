import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { OperatorError } from '@app/common';
import type { AppConfig, IngestionSchedule, OnetApiConfig, OnetCredentials } from './app-config';
import { parseEnvironment, type Environment } from './environment';
import { withValuesFromFiles } from './values-from-files';

/**
 * The configuration of this process, from its environment and, where a variable is not set there, from `.env` in the
 * working directory; also from the files that variables such as `ADMIN_API_KEYS_FILE` name.
 *
 * @throws OperatorError with one line per faulty variable.
 */
export function loadConfig(): AppConfig {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return toConfig(withValuesFromFiles(process.env));
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
    metricsKeys: env.METRICS_KEYS ?? [],
    onetDataDir: env.ONET_DATA_DIR ?? null,
    onetRelease: env.ONET_RELEASE ?? null,
    onetDataRoot: env.ONET_DATA_ROOT ?? null,
    ingestionSchedule: ingestionSchedule(env),
    onetDownloadBaseUrl: env.ONET_DOWNLOAD_BASE_URL,
    onetApi: onetApi(env),
    onetPullWaitMs: env.ONET_PULL_WAIT_MS,
    onetPullsPerMinute: env.ONET_PULLS_PER_MINUTE,
    normalizationCron: normalizationCron(env),
    llm: {
      apiKey: env.GEMINI_API_KEY ?? null,
      model: env.GEMINI_MODEL,
      baseUrl: env.GEMINI_BASE_URL,
      timeoutMs: env.LLM_TIMEOUT_MS,
      callsPerMinute: env.LLM_CALLS_PER_MINUTE,
      callsPerDay: env.LLM_DAILY_CALL_LIMIT,
      waitMs: env.LLM_WAIT_MS,
    },
    apiKeys: env.API_KEYS ?? [],
    rateLimitPerMinute: env.RATE_LIMIT_PER_MINUTE,
    shutdownDelayMs: env.SHUTDOWN_DELAY_MS,
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

const ONET_BASE_URLS = {
  v2: 'https://api-v2.onetcenter.org',
  'v1.9': 'https://services.onetcenter.org/v1.9/ws',
} as const;

function onetApi(env: ReturnType<typeof parseEnvironment>): OnetApiConfig | null {
  const credentials = onetCredentials(env);
  if (credentials === null) return null;
  if (env.ONET_REQUESTS_PER_SECOND === 0 && env.ONET_API_BASE_URL === undefined) {
    throw unusable('ONET_REQUESTS_PER_SECOND may be 0 with an ONET_API_BASE_URL only: O*NET allows 5 a second');
  }
  return {
    credentials,
    baseUrl: env.ONET_API_BASE_URL ?? ONET_BASE_URLS[credentials.version],
    timeoutMs: env.ONET_TIMEOUT_MS,
    requestsPerSecond: env.ONET_REQUESTS_PER_SECOND,
    requestsPerDay: env.ONET_DAILY_REQUEST_LIMIT,
  };
}

function onetCredentials(env: ReturnType<typeof parseEnvironment>): OnetCredentials | null {
  const { ONET_API_KEY: apiKey, ONET_USERNAME: username, ONET_PASSWORD: password } = env;
  if ((username === undefined) !== (password === undefined)) {
    throw unusable('ONET_USERNAME and ONET_PASSWORD go together');
  }
  // an account that has both is one that was moved to version 2
  if (apiKey !== undefined) return { version: 'v2', apiKey };
  if (username !== undefined && password !== undefined) return { version: 'v1.9', username, password };
  return null;
}

function normalizationCron(env: ReturnType<typeof parseEnvironment>): string | null {
  const { NORMALIZATION_CRON: cron } = env;
  if (cron === undefined) return null;
  if (onetCredentials(env) === null) {
    throw unusable(
      'NORMALIZATION_CRON refreshes from the O*NET Web Services, which needs ONET_API_KEY, or ONET_USERNAME and ' +
        'ONET_PASSWORD; for releases from files there is INGESTION_CRON',
    );
  }
  return cron;
}

function unusable(sentence: string): OperatorError {
  return new OperatorError(`The configuration is not usable:\n  ${sentence}.`);
}
