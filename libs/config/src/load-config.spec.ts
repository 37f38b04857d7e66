import { OperatorError } from '@app/common';
import { toConfig } from './load-config';

describe('toConfig', () => {
  it('needs no variable at all', () => {
    expect(toConfig({})).toEqual({
      host: '127.0.0.1',
      port: 8000,
      workerPort: 8001,
      trustProxy: false,
      database: { kind: 'sqlite', path: './.data/onet.sqlite' },
      dataFolder: './.data',
      redisUrl: null,
      adminApiKeys: [],
      metricsKeys: [],
      onetDataRoot: null,
      ingestionSchedule: null,
      onetDataDir: null,
      onetRelease: null,
      onetDownloadBaseUrl: 'https://www.onetcenter.org/dl_files/database',
      onetApi: null,
      onetPullWaitMs: 10_000,
      onetPullsPerMinute: 30,
      normalizationCron: null,
      llm: {
        apiKey: null,
        model: 'gemini-flash-latest',
        baseUrl: 'https://generativelanguage.googleapis.com',
        timeoutMs: 60_000,
        callsPerMinute: 1000,
        callsPerDay: 2000,
        waitMs: 25_000,
      },
      apiKeys: [],
      rateLimitPerMinute: 600,
      shutdownDelayMs: 0,
      corsOrigins: ['*'],
      logLevel: 'info',
      logFormat: 'pretty',
    });
  });

  it('takes over every variable', () => {
    const config = toConfig({
      HOST: '0.0.0.0',
      PORT: '9000',
      TRUST_PROXY: '10.0.0.1',
      DATABASE_URL: 'mysql://onet:secret@db:3306/onet',
      REDIS_URL: 'redis://cache:6379/1',
      WORKER_PORT: '9001',
      ADMIN_API_KEYS: '0123456789abcdef',
      METRICS_KEYS: '89abcdef01234567',
      ONET_DATA_ROOT: '/srv/releases',
      INGESTION_CRON: '0 4 * * 1',
      INGESTION_CRON_SOURCE: 'directory:30.1',
      ONET_DATA_DIR: '/srv/30.1',
      ONET_RELEASE: '30.2',
      ONET_DOWNLOAD_BASE_URL: 'https://mirror.example.org',
      ONET_API_KEY: 'the-key',
      ONET_API_BASE_URL: 'http://127.0.0.1:9000',
      ONET_PULL_WAIT_MS: '5000',
      ONET_TIMEOUT_MS: '2000',
      ONET_REQUESTS_PER_SECOND: '0',
      ONET_DAILY_REQUEST_LIMIT: '1000',
      ONET_PULLS_PER_MINUTE: '10',
      GEMINI_API_KEY: 'a-key',
      GEMINI_MODEL: 'gemini-2.5-pro',
      GEMINI_BASE_URL: 'http://127.0.0.1:8901',
      LLM_WAIT_MS: '5000',
      LLM_TIMEOUT_MS: '9000',
      LLM_CALLS_PER_MINUTE: '10',
      LLM_DAILY_CALL_LIMIT: '250',
      API_KEYS: 'fedcba9876543210',
      NORMALIZATION_CRON: '0 5 * * *',
      RATE_LIMIT_PER_MINUTE: '60',
      SHUTDOWN_DELAY_MS: '2000',
      CORS_ORIGINS: 'https://app.example.org',
      LOG_LEVEL: 'debug',
      LOG_FORMAT: 'json',
    });
    expect(config).toEqual({
      host: '0.0.0.0',
      port: 9000,
      workerPort: 9001,
      trustProxy: '10.0.0.1',
      database: { kind: 'mysql', host: 'db', port: 3306, user: 'onet', password: 'secret', database: 'onet' },
      dataFolder: '.data',
      redisUrl: 'redis://cache:6379/1',
      adminApiKeys: ['0123456789abcdef'],
      metricsKeys: ['89abcdef01234567'],
      onetDataRoot: '/srv/releases',
      ingestionSchedule: { cron: '0 4 * * 1', source: { source: 'directory', path: '30.1' } },
      onetDataDir: '/srv/30.1',
      onetRelease: '30.2',
      onetDownloadBaseUrl: 'https://mirror.example.org',
      onetApi: {
        credentials: { version: 'v2', apiKey: 'the-key' },
        baseUrl: 'http://127.0.0.1:9000',
        timeoutMs: 2000,
        requestsPerSecond: 0,
        requestsPerDay: 1000,
      },
      onetPullWaitMs: 5000,
      onetPullsPerMinute: 10,
      normalizationCron: '0 5 * * *',
      llm: {
        apiKey: 'a-key',
        model: 'gemini-2.5-pro',
        baseUrl: 'http://127.0.0.1:8901',
        timeoutMs: 9000,
        callsPerMinute: 10,
        callsPerDay: 250,
        waitMs: 5000,
      },
      apiKeys: ['fedcba9876543210'],
      rateLimitPerMinute: 60,
      shutdownDelayMs: 2000,
      corsOrigins: ['https://app.example.org'],
      logLevel: 'debug',
      logFormat: 'json',
    });
  });

  it('keeps downloads beside the SQLite file', () => {
    expect(toConfig({ DATABASE_URL: 'sqlite:/srv/onet/gap.sqlite' }).dataFolder).toBe('/srv/onet');
  });

  it.each([
    [{ REDIS_URL: 'redis://user:hush-hush@cache' }, /REDIS_URL goes with MySQL or MariaDB only: .*SQLite file/],
    [{ INGESTION_CRON: '0 4 * * 1' }, /INGESTION_CRON needs to know what to ingest: set INGESTION_CRON_SOURCE or/],
    [
      { INGESTION_CRON: '0 4 * * 1', INGESTION_CRON_SOURCE: 'directory:30.1' },
      /INGESTION_CRON_SOURCE names a directory, which needs ONET_DATA_ROOT/,
    ],
    [{ ONET_USERNAME: 'site' }, /ONET_USERNAME and ONET_PASSWORD go together/],
    [{ ONET_PASSWORD: 'hush-hush' }, /ONET_USERNAME and ONET_PASSWORD go together/],
    [
      { ONET_API_KEY: 'hush-hush', ONET_REQUESTS_PER_SECOND: '0' },
      /ONET_REQUESTS_PER_SECOND may be 0 with an ONET_API_BASE_URL only/,
    ],
    [
      { NORMALIZATION_CRON: '0 5 * * *' },
      /NORMALIZATION_CRON refreshes from the O\*NET Web Services, which needs ONET_API/,
    ],
  ])('stops where variables do not fit each other: %j', (environment, says) => {
    expect(() => toConfig(environment)).toThrow(OperatorError);
    expect(() => toConfig(environment)).toThrow(says);
    expect(() => toConfig(environment)).not.toThrow(/hush-hush/);
  });

  it('ingests ONET_DATA_DIR again where the schedule names nothing else', () => {
    const { ingestionSchedule } = toConfig({ INGESTION_CRON: '0 4 * * 1', ONET_DATA_DIR: '/srv/30.1' });
    expect(ingestionSchedule).toEqual({ cron: '0 4 * * 1', source: { source: 'path', path: '/srv/30.1' } });
  });

  it('speaks version 1.9 of the Web Services with user name and password, version 2 with a key', () => {
    const account = { ONET_USERNAME: 'site', ONET_PASSWORD: '1234abc' };
    expect(toConfig(account).onetApi).toMatchObject({
      credentials: { version: 'v1.9', username: 'site', password: '1234abc' },
      baseUrl: 'https://services.onetcenter.org/v1.9/ws',
    });
    expect(toConfig({ ...account, ONET_API_KEY: 'the-key' }).onetApi).toEqual({
      credentials: { version: 'v2', apiKey: 'the-key' },
      baseUrl: 'https://api-v2.onetcenter.org',
      timeoutMs: 10_000,
      requestsPerSecond: 5,
      requestsPerDay: 50_000,
    });
  });

  it('stops with a sentence for the operator where a variable is wrong', () => {
    expect(() => toConfig({ PORT: 'x' })).toThrow(OperatorError);
  });
});
