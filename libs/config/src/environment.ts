import { isIP } from 'node:net';
import { Cron } from 'croner';
import { cleanEnv, EnvError, makeValidator, type CleanedEnv } from 'envalid';
import { OperatorError } from '@app/common';
import { LOG_FORMATS, LOG_LEVELS, type ScheduledSource } from './app-config';
import { parseDatabaseUrl } from './database-url';

/** The variables of a process environment; an empty value counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

const wholeNumber = (minimum: number, maximum: number) =>
  makeValidator((input) => {
    const value = /^\d+$/.test(input) ? Number(input) : Number.NaN;
    if (!(value >= minimum && value <= maximum)) {
      throw new EnvError(`must be a whole number from ${minimum} to ${maximum}, not "${input}"`);
    }
    return value;
  });

const oneOf = <const T extends string>(choices: readonly T[]) =>
  makeValidator((input): T => {
    const choice = choices.find((candidate) => candidate === input);
    if (choice === undefined) throw new EnvError(`must be one of ${choices.join(', ')}, not "${input}"`);
    return choice;
  });

const text = makeValidator((input) => input.trim());

const httpUrl = makeValidator((input) => {
  const url = URL.canParse(input) ? new URL(input) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new EnvError('must be an http(s) URL such as https://www.example.org/files');
  }
  if (url.search !== '' || url.hash !== '') throw new EnvError('must not carry anything after "?" or "#"');
  if (url.username !== '' || url.password !== '') throw new EnvError('must not carry a user name or password');
  return input.replace(/\/+$/, '');
});

const origins = makeValidator((input) => {
  if (input.trim() === 'none') return [];
  const list = input.split(',').map((origin) => origin.trim());
  for (const origin of list) {
    const valid =
      origin === '*' || (!origin.includes('*') && URL.canParse(origin) && new URL(origin).origin === origin);
    if (!valid) {
      throw new EnvError(`must list origins such as https://app.example.org, separated by commas; "${origin}" is none`);
    }
  }
  return list;
});

function isProxyRange(part: string): boolean {
  if (/^(loopback|linklocal|uniquelocal)$/.test(part)) return true;
  const [address = '', prefix, ...rest] = part.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}

const proxies = makeValidator((input): boolean | string => {
  if (input === 'true' || input === 'false') return input === 'true';
  const list = input.split(',').map((part) => part.trim());
  for (const part of list) {
    if (!isProxyRange(part)) {
      throw new EnvError(`must be true, false, or addresses/CIDR ranges separated by commas; "${part}" is none`);
    }
  }
  return list.join(',');
});

/** Never repeats the value, since it may hold a password. */
const redisUrl = makeValidator((input) => {
  const form = 'must be redis://user:password@host:port/number, or rediss:// for TLS';
  const url = URL.canParse(input) ? new URL(input) : null;
  if (url === null || !/^rediss?:$/.test(url.protocol) || url.hostname === '') throw new EnvError(form);
  if (!/^\/?(\d{1,3})?$/.test(url.pathname))
    throw new EnvError(`${form}; after the host comes the number of a database`);
  if (url.search !== '') throw new EnvError('must not carry parameters after "?"');
  return input;
});

const MIN_KEY_LENGTH = 16;

/** Never repeats a value: they are secrets. */
const keys = makeValidator((input) => {
  const list = input.split(',').map((key) => key.trim());
  for (const [index, key] of list.entries()) {
    if (!/^[\x21-\x7e]+$/.test(key) || key.length < MIN_KEY_LENGTH) {
      throw new EnvError(
        `must list keys of at least ${MIN_KEY_LENGTH} visible ASCII characters, separated by commas; ` +
          `number ${index + 1} is none`,
      );
    }
  }
  return list;
});

/** Goes into a header of HTTP; never repeated, since it is a secret. */
const secret = makeValidator((input) => {
  const value = input.trim();
  if (!/^[\x20-\x7e]{1,256}$/.test(value)) throw new EnvError('must be at most 256 visible ASCII characters');
  return value;
});

/** Goes into the path of a URL. */
const modelName = makeValidator((input) => {
  const value = input.trim();
  if (!/^[a-z0-9][a-z0-9.-]{0,99}$/i.test(value)) {
    throw new EnvError(`must be the name of a model such as gemini-flash-latest, not "${input}"`);
  }
  return value;
});

const cron = makeValidator((input) => {
  const fields = input.trim().split(/\s+/);
  const wanted = 'must have five cron fields (minute hour day month weekday, in UTC), such as "0 4 * * 1"';
  if (fields.length !== 5) throw new EnvError(`${wanted}, not "${input}"`);
  try {
    if (new Cron(fields.join(' '), { paused: true, timezone: 'UTC' }).nextRun() === null) {
      throw new EnvError(`never comes: "${input}"`);
    }
  } catch (error) {
    if (error instanceof EnvError) throw error;
    throw new EnvError(`${wanted}, not "${input}"`);
  }
  return fields.join(' ');
});

const scheduledSource = makeValidator((input): ScheduledSource => {
  const match = /^(directory|download):(.+)$/.exec(input.trim());
  const [, source, rest = ''] = match ?? [];
  if (source === 'directory') return { source, path: rest };
  if (source === 'download' && /^\d{1,3}\.\d{1,3}$/.test(rest)) return { source, release: rest };
  throw new EnvError(
    `must be directory:<path below ONET_DATA_ROOT> or download:<release such as 30.1>, not "${input}"`,
  );
});

const release = makeValidator((input) => {
  const value = input.trim();
  if (!/^\d{1,3}\.\d{1,3}$/.test(value)) throw new EnvError(`must be a published release such as 30.1, not "${input}"`);
  return value;
});

/** Every variable the processes know, with its default. README and .env.example are checked against this table. */
export const ENVIRONMENT_SPECS = {
  HOST: text({ default: '127.0.0.1', desc: 'Address to listen on; 0.0.0.0 for all.' }),
  PORT: wholeNumber(0, 65_535)({ default: 8000, desc: 'Port to listen on; 0 takes a free one.' }),
  TRUST_PROXY: proxies({ default: false, desc: 'Whether X-Forwarded-* is believed: true, false, or proxy addresses.' }),
  DATABASE_URL: makeValidator(parseDatabaseUrl)({
    default: parseDatabaseUrl('sqlite:./.data/onet.sqlite'),
    desc: 'sqlite:<path> or mysql://user:password@host:port/database',
  }),
  REDIS_URL: redisUrl({ default: undefined, desc: 'redis://… that carries jobs to workers.' }),
  ADMIN_API_KEYS: keys({ default: undefined, desc: 'Keys for the admin routes, comma separated.' }),
  METRICS_KEYS: keys({ default: undefined, desc: 'Keys that open /metrics, comma separated.' }),
  WORKER_PORT: wholeNumber(0, 65_535)({ default: 8001, desc: "Port of the worker's health routes and metrics." }),
  ONET_DATA_ROOT: text({ default: undefined, desc: 'The only folder from which the API may ingest.' }),
  INGESTION_CRON: cron({ default: undefined, desc: 'When to ingest again: five cron fields, in UTC.' }),
  INGESTION_CRON_SOURCE: scheduledSource({
    default: undefined,
    desc: 'What to ingest again: directory:<path> or download:<release>.',
  }),
  ONET_API_KEY: secret({ default: undefined, desc: 'Key for version 2 of the O*NET Web Services.' }),
  ONET_USERNAME: secret({ default: undefined, desc: 'User name for version 1.9 of the O*NET Web Services.' }),
  ONET_PASSWORD: secret({ default: undefined, desc: 'Password for version 1.9 of the O*NET Web Services.' }),
  ONET_API_BASE_URL: httpUrl({ default: undefined, desc: 'Where the Web Services are, if not at O*NET.' }),
  ONET_PULL_WAIT_MS: wholeNumber(
    0,
    60_000,
  )({
    default: 10_000,
    desc: 'How long a request waits for an occupation that is being pulled, in ms.',
  }),
  ONET_TIMEOUT_MS: wholeNumber(
    100,
    120_000,
  )({
    default: 10_000,
    desc: 'How long one request to the Web Services may take, in ms.',
  }),
  ONET_REQUESTS_PER_SECOND: wholeNumber(
    0,
    5,
  )({
    default: 5,
    desc: 'Requests to the Web Services a second, over all processes; 0 for no limit.',
  }),
  ONET_DAILY_REQUEST_LIMIT: wholeNumber(
    0,
    50_000,
  )({
    default: 50_000,
    desc: 'Requests to the Web Services a day (UTC), over all processes.',
  }),
  ONET_PULLS_PER_MINUTE: wholeNumber(
    0,
    100_000,
  )({
    default: 30,
    desc: 'Pulls that one client may cause a minute; 0 for no limit.',
  }),
  API_KEYS: keys({
    default: undefined,
    desc: 'Keys of clients that may cause pulls and calls of the LLM, comma separated.',
  }),
  NORMALIZATION_CRON: cron({
    default: undefined,
    desc: 'When to refresh the active release from the Web Services: five cron fields, in UTC.',
  }),
  GEMINI_API_KEY: secret({ default: undefined, desc: 'Key for Gemini, which assesses skill levels.' }),
  GEMINI_MODEL: modelName({ default: 'gemini-flash-latest', desc: 'Model of Gemini to ask.' }),
  GEMINI_BASE_URL: httpUrl({
    default: 'https://generativelanguage.googleapis.com',
    desc: 'Where Gemini is, for a proxy or the stub.',
  }),
  LLM_WAIT_MS: wholeNumber(
    0,
    60_000,
  )({
    default: 25_000,
    desc: 'How long a request waits for what the LLM has to say, in ms.',
  }),
  LLM_TIMEOUT_MS: wholeNumber(
    100,
    600_000,
  )({
    default: 60_000,
    desc: 'How long one call of the LLM may take, in ms.',
  }),
  LLM_CALLS_PER_MINUTE: wholeNumber(
    0,
    100_000,
  )({
    default: 1000,
    desc: 'Calls of the LLM a minute, over all processes; 0 for no limit.',
  }),
  LLM_DAILY_CALL_LIMIT: wholeNumber(
    0,
    1_000_000,
  )({
    default: 2000,
    desc: 'Calls of the LLM a day (UTC), over all processes.',
  }),
  ONET_DATA_DIR: text({ default: undefined, desc: 'Folder or .zip of a text release for the first start.' }),
  ONET_RELEASE: release({ default: undefined, desc: 'Published release for the first start, to be downloaded.' }),
  ONET_DOWNLOAD_BASE_URL: httpUrl({
    default: 'https://www.onetcenter.org/dl_files/database',
    desc: 'Where the published release archives lie.',
  }),
  RATE_LIMIT_PER_MINUTE: wholeNumber(
    0,
    1_000_000,
  )({
    default: 600,
    desc: 'Requests that one client may make a minute; 0 for no limit.',
  }),
  SHUTDOWN_DELAY_MS: wholeNumber(
    0,
    // what is left of the time for shutting down is for what is under way
    3000,
  )({
    default: 0,
    desc: 'How long an api still accepts requests after it was told to end, in ms.',
  }),
  CORS_ORIGINS: origins({
    default: ['*'],
    desc: 'Origins that browsers may call from, comma separated; * for all, none for none.',
  }),
  LOG_LEVEL: oneOf(LOG_LEVELS)({ default: 'info', desc: LOG_LEVELS.join(', ') }),
  LOG_FORMAT: oneOf(LOG_FORMATS)({ default: 'pretty', desc: LOG_FORMATS.join(', ') }),
};

/**
 * Checks an environment against {@link ENVIRONMENT_SPECS}.
 *
 * @throws OperatorError with one line per faulty variable. Values that may hold a secret are not repeated.
 */
export function parseEnvironment(environment: Environment): CleanedEnv<typeof ENVIRONMENT_SPECS> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
  return cleanEnv(given, ENVIRONMENT_SPECS, {
    reporter: ({ errors }) => {
      const lines = Object.entries(errors).map(([name, error]) => `  ${name} ${error.message}`);
      if (lines.length > 0) throw new OperatorError(`The configuration is not usable:\n${lines.join('\n')}`);
    },
  });
}
