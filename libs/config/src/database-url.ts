import { EnvError } from 'envalid';
import type { DatabaseConfig } from './app-config';

const FORMS = 'sqlite:<path> or mysql://user:password@host:port/database';

/**
 * Reads `DATABASE_URL`.
 *
 * @throws EnvError that never repeats the value, since it may hold a password.
 */
export function parseDatabaseUrl(input: string): DatabaseConfig {
  if (input.startsWith('sqlite:')) return parseSqlite(input.slice('sqlite:'.length));
  if (input.startsWith('mysql:') || input.startsWith('mariadb:')) return parseMysql(input);
  throw new EnvError(`must be ${FORMS}`);
}

function parseSqlite(location: string): DatabaseConfig {
  const path = location.replace(/^\/\/(?=\/)/, '');
  if (path === '' || path.startsWith('//') || path === ':memory:') {
    throw new EnvError('must name a file after "sqlite:", such as sqlite:./.data/onet.sqlite');
  }
  return { kind: 'sqlite', path };
}

function parseMysql(input: string): DatabaseConfig {
  if (!URL.canParse(input)) throw new EnvError(`is no URL; it must be ${FORMS}, with special characters %-encoded`);
  const url = new URL(input);
  const database = decode(url.pathname.slice(1));
  if (url.hostname === '') throw new EnvError('names no host; it must be mysql://user:password@host:port/database');
  if (!/^[\w-]{1,64}$/.test(database)) {
    throw new EnvError('names no database after the host, as in mysql://user:password@host:port/onet');
  }
  if (url.search !== '') throw new EnvError('must not carry parameters after "?"');
  return {
    kind: 'mysql',
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 3306 : Number(url.port),
    user: url.username === '' ? 'root' : decode(url.username),
    password: decode(url.password),
    database,
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new EnvError('holds a % that is not part of a %-encoded character');
  }
}
