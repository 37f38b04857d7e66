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
  /** Whether `X-Forwarded-*` is believed: not at all, always, or from these proxies (addresses or CIDR ranges). */
  readonly trustProxy: boolean | string;
  readonly database: DatabaseConfig;
  /** Folder or .zip of an official text release that the first start loads in place of the bundled sample. */
  readonly onetDataDir: string | null;
  /** Folder of the published release archives, without a slash at the end. */
  readonly onetDownloadBaseUrl: string;
  /** Folder for what the process keeps beside the database, such as downloads. */
  readonly dataFolder: string;
  /** Origins that browsers may call from; `*` for all, empty for none. */
  readonly corsOrigins: readonly string[];
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

/** Injection token of {@link AppConfig}. */
export const AppConfig = Symbol('AppConfig');
