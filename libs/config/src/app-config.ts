/** Where the data lives: one SQLite file, or one MySQL/MariaDB database. */
export type DatabaseConfig =
  | { readonly kind: 'sqlite'; readonly path: string }
  | {
      readonly kind: 'mysql';
      readonly host: string;
      readonly port: number;
      readonly user: string;
      readonly password: string;
      readonly database: string;
    };

/** What a scheduled re-ingestion reads. */
export type ScheduledSource =
  | { readonly source: 'directory'; readonly path: string }
  | { readonly source: 'download'; readonly release: string }
  | { readonly source: 'path'; readonly path: string };

/** When to ingest again, and what. */
export interface IngestionSchedule {
  /** Five fields, in UTC. */
  readonly cron: string;
  readonly source: ScheduledSource;
}

/** How the O*NET Web Services know us; each version has credentials of its own. */
export type OnetCredentials =
  | { readonly version: 'v2'; readonly apiKey: string }
  | { readonly version: 'v1.9'; readonly username: string; readonly password: string };

/** Access to the O*NET Web Services, and how much of it may be used. */
export interface OnetApiConfig {
  readonly credentials: OnetCredentials;
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly timeoutMs: number;
  /** Over all processes; 0 for no limit. */
  readonly requestsPerSecond: number;
  /** A day of UTC, over all processes. */
  readonly requestsPerDay: number;
}

/** Access to the LLM, and how much of it may be used. */
export interface LlmConfig {
  /** Null where the LLM must not be asked; what is stored is served all the same. */
  readonly apiKey: string | null;
  /** Name of the model to ask, which may be an alias. */
  readonly model: string;
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly timeoutMs: number;
  /** Over all processes; 0 for no limit. */
  readonly callsPerMinute: number;
  /** A day of UTC, over all processes. */
  readonly callsPerDay: number;
  /** How long a request waits for what the LLM has to say, in ms. */
  readonly waitMs: number;
}

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_FORMATS = ['pretty', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/**
 * The configuration of a process: parsed and validated once at start, then only read.
 */
export interface AppConfig {
  readonly host: string;
  readonly port: number;
  /** Port of the worker's health routes. */
  readonly workerPort: number;
  /** Whether `X-Forwarded-*` is believed: not at all, always, or from these proxies (addresses or CIDR ranges). */
  readonly trustProxy: boolean | string;
  readonly database: DatabaseConfig;
  /** Redis that carries the jobs to the workers; null where the api processes run them. */
  readonly redisUrl: string | null;
  /** Keys that open the admin routes; empty where one is to be made at the first start. */
  readonly adminApiKeys: readonly string[];
  /** Keys that open the metrics, as the admin keys do; empty where there are none of their own. */
  readonly metricsKeys: readonly string[];
  /** Folder or .zip of an official text release that the first start loads in place of the bundled sample. */
  readonly onetDataDir: string | null;
  /** Published release, such as `30.1`, that the first start downloads where there is no {@link onetDataDir}. */
  readonly onetRelease: string | null;
  /** The only folder from which the API may ingest; null where it may not ingest from folders. */
  readonly onetDataRoot: string | null;
  /** Null where nothing is ingested on schedule. */
  readonly ingestionSchedule: IngestionSchedule | null;
  /** Folder of the published release archives, without a slash at the end. */
  readonly onetDownloadBaseUrl: string;
  /** Folder for what the process keeps beside the database, such as downloads. */
  readonly dataFolder: string;
  /** Null where nothing is pulled from the Web Services. */
  readonly onetApi: OnetApiConfig | null;
  /** How long a request waits for an occupation that is being pulled, in ms. */
  readonly onetPullWaitMs: number;
  /** Pulls that one client may cause a minute; 0 for no limit. */
  readonly onetPullsPerMinute: number;
  /** When to refresh the active release from the Web Services: five cron fields, in UTC; null for never. */
  readonly normalizationCron: string | null;
  readonly llm: LlmConfig;
  /** Keys of clients that may cause what costs quota; none is needed where nobody but this machine can ask. */
  readonly apiKeys: readonly string[];
  /** Requests that one client may make a minute; 0 for no limit. */
  readonly rateLimitPerMinute: number;
  /** How long requests are still accepted after the process was told to end, in ms. */
  readonly shutdownDelayMs: number;
  /** Origins that browsers may call from; `*` for all, empty for none. */
  readonly corsOrigins: readonly string[];
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

/** Injection token of {@link AppConfig}. */
export const AppConfig = Symbol('AppConfig');
