import { AppError, OperatorError } from '@app/common';
import type { DatabaseConfig } from '@app/config';
import { QueryFailedError } from 'typeorm';

/** The database did not answer, or did not let us in, at start. Never shows the password. */
export class DatabaseUnreachableError extends OperatorError {
  constructor(config: DatabaseConfig, cause: unknown) {
    super(`${place(config)}: ${explain(config, cause)}`, { cause });
  }
}

/** The database went away in the middle of something. */
export class DatabaseUnavailableError extends OperatorError {
  constructor(doing: string, cause: unknown) {
    super(`The database went away while ${doing} (${cause instanceof Error ? cause.message : String(cause)}).`, {
      cause,
    });
  }
}

/**
 * Tells whether an error means that the database is away, or too busy with others to do what was asked, rather than that
 * a statement was wrong: the same may work a little later.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (error instanceof DatabaseUnavailableError) return true;
  if (error instanceof QueryFailedError) return isDatabaseUnavailable(error.driverError);
  // mysql2 marks what ends a connection as fatal, and gives some of it no code
  if (typeof error === 'object' && error !== null && 'fatal' in error && error.fatal === true) return true;
  const code = errorCode(error);
  if (code === undefined) return false;
  return NETWORK_CODES.has(code) || BUSY_CODES.has(code) || code.startsWith('SQLITE_BUSY') || code === 'SQLITE_IOERR';
}

/**
 * Does what needs the database, for a client.
 *
 * @param detail what the client is told where it cannot be done
 * @throws AppError `DATABASE_UNAVAILABLE`, and whatever else the work throws
 */
export async function needingDatabase<T>(detail: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isDatabaseUnavailable(error) ? new AppError('DATABASE_UNAVAILABLE', detail, [], { cause: error }) : error;
  }
}

/** Tells whether a row was refused since its key, or a value that must be unique, is there already. */
export function isDuplicateKey(error: unknown): boolean {
  const code = errorCode(error instanceof QueryFailedError ? error.driverError : error);
  return code === 'ER_DUP_ENTRY' || code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY';
}

/**
 * Tells whether a transaction was ended by the server, which chose it out of several that waited for each other. All of it
 * is undone, and may be done again at once.
 */
export function isDeadlock(error: unknown): boolean {
  return errorCode(error instanceof QueryFailedError ? error.driverError : error) === 'ER_LOCK_DEADLOCK';
}

/** Others hold what is needed. */
const BUSY_CODES = new Set(['ER_LOCK_WAIT_TIMEOUT', 'ER_LOCK_DEADLOCK']);

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR',
  'ER_CON_COUNT_ERROR',
  'ER_SERVER_SHUTDOWN',
  'ER_CONNECTION_KILLED',
  'ER_CLIENT_INTERACTION_TIMEOUT',
]);

function place(config: DatabaseConfig): string {
  return config.kind === 'sqlite'
    ? `The database file ${config.path} cannot be used`
    : `The database ${config.database} on ${config.host}:${config.port} cannot be used`;
}

function explain(config: DatabaseConfig, cause: unknown): string {
  switch (errorCode(cause)) {
    case 'ECONNREFUSED':
      return 'nothing listens there. Start the server, or correct DATABASE_URL.';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the host name is not known. Correct DATABASE_URL.';
    case 'ETIMEDOUT':
      return 'the server did not answer in time.';
    case 'ER_ACCESS_DENIED_ERROR':
    case 'ER_DBACCESS_DENIED_ERROR':
      return 'the server refuses this user or password. Correct DATABASE_URL, or grant the user access.';
    case 'ER_BAD_DB_ERROR':
      return config.kind === 'mysql'
        ? `it does not exist. Create it: CREATE DATABASE \`${config.database}\` CHARACTER SET utf8mb4;`
        : 'it does not exist.';
    case 'SQLITE_CANTOPEN':
    case 'EACCES':
    case 'EROFS':
    case 'ENOTDIR':
    case 'EEXIST':
      return 'it cannot be opened or created. Check that the folder exists and may be written to.';
    case 'SQLITE_NOTADB':
      return 'it is not an SQLite database. Name another file in DATABASE_URL, or move this one away.';
    case 'SQLITE_CORRUPT':
      return 'it is damaged. Move it away and load the release again, or restore a copy.';
    default:
      return cause instanceof Error ? cause.message : String(cause);
  }
}

function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
