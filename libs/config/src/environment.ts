import { isIP } from 'node:net';
import { cleanEnv, EnvError, makeValidator, type CleanedEnv } from 'envalid';
import { OperatorError } from '@app/common';
import { LOG_FORMATS, LOG_LEVELS } from './app-config';
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

/** Every variable the processes know, with its default. README and .env.example are checked against this table. */
export const ENVIRONMENT_SPECS = {
  HOST: text({ default: '127.0.0.1', desc: 'Address to listen on; 0.0.0.0 for all.' }),
  PORT: wholeNumber(0, 65_535)({ default: 8000, desc: 'Port to listen on; 0 takes a free one.' }),
  TRUST_PROXY: proxies({ default: false, desc: 'Whether X-Forwarded-* is believed: true, false, or proxy addresses.' }),
  DATABASE_URL: makeValidator(parseDatabaseUrl)({
    default: parseDatabaseUrl('sqlite:./.data/onet.sqlite'),
    desc: 'sqlite:<path> or mysql://user:password@host:port/database',
  }),
  ONET_DATA_DIR: text({ default: undefined, desc: 'Folder or .zip of a text release for the first start.' }),
  ONET_DOWNLOAD_BASE_URL: httpUrl({
    default: 'https://www.onetcenter.org/dl_files/database',
    desc: 'Where the published release archives lie.',
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
