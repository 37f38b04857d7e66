import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import Database from 'better-sqlite3';
import { OperatorError } from '@app/common';
import type { DatabaseConfig } from '@app/config';
import { FIRST_MIGRATION } from '../data-source-options';
import { DatabaseUnreachableError } from '../database-errors';
import { BackupUnusableError } from './backup-file';

type SqliteConfig = DatabaseConfig & { readonly kind: 'sqlite' };

/** More pages than a database can have. */
const ALL_PAGES = 0x7fffffff;

/** Writes a compressed copy of the database as it is at one moment; those who use it go on meanwhile. */
export async function backUpSqlite(config: SqliteConfig, to: string, signal: AbortSignal): Promise<void> {
  const copy = `${to}.sqlite`;
  try {
    const database = openExisting(config);
    try {
      // in one step: a copy in several begins anew whenever another process writes in between
      await database.backup(copy, { progress: () => ALL_PAGES });
    } finally {
      database.close();
    }
    assertSound(copy, config.path);
    await pipeline(createReadStream(copy), createGzip(), createWriteStream(to, { flags: 'wx', flush: true }), {
      signal,
    });
  } finally {
    await removeDatabase(copy);
  }
}

/**
 * Puts the database of a backup into the place of the one that is there, in one step: until then nothing is touched.
 *
 * @throws OperatorError where a process uses the database, or there is one and it must not be replaced
 */
export async function restoreSqlite(
  config: SqliteConfig,
  file: string,
  replace: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { path } = config;
  const unpacked = `${path}.${process.pid}.restoring`;
  if (!replace) await assertNothingThere(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    await pipeline(createReadStream(file), createGunzip(), createWriteStream(unpacked, { flags: 'wx', flush: true }), {
      signal,
    });
    assertSound(unpacked, file);
    await letGo(path);
    await rename(unpacked, path);
    await flushFolder(dirname(path));
  } finally {
    await removeDatabase(unpacked);
  }
}

function openExisting(config: SqliteConfig): Database.Database {
  try {
    return new Database(config.path, { fileMustExist: true });
  } catch (error) {
    throw new DatabaseUnreachableError(config, error);
  }
}

/** @throws BackupUnusableError where the file is damaged, or no database of this application */
function assertSound(path: string, named: string): void {
  let faults: unknown;
  let migrated: unknown;
  try {
    const database = new Database(path, { readonly: true, fileMustExist: true });
    try {
      faults = database.pragma('integrity_check', { simple: true });
      migrated = database.prepare('SELECT name FROM migrations WHERE name = ?').pluck().get(FIRST_MIGRATION);
    } finally {
      database.close();
    }
  } catch (error) {
    if (!isSqliteError(error)) throw error;
    if (error.code === 'SQLITE_ERROR') throw notOurs(named);
    throw new BackupUnusableError(`The database of ${named} is damaged: ${error.message}.`, { cause: error });
  }
  if (faults !== 'ok') throw new BackupUnusableError(`The database of ${named} is damaged: ${String(faults)}.`);
  if (migrated === undefined) throw notOurs(named);
}

function notOurs(named: string): Error {
  return new BackupUnusableError(`${named} holds no database of this application: its tables are others.`);
}

async function assertNothingThere(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found === null || found.size === 0) return;
  throw new OperatorError(
    `There is a database at ${path} already. Restore to another place (DATABASE_URL), or add --replace to give it up.`,
  );
}

/**
 * Sees to it that nobody has the database open, and that nothing of it lies in files beside it: what is put into its
 * place would be taken to go with those.
 *
 * @throws OperatorError where a process uses it
 */
async function letGo(path: string): Promise<void> {
  if ((await stat(path).catch(() => null)) !== null) {
    const database = new Database(path, { timeout: 0 });
    try {
      // is refused while any other connection is open, even one that does nothing
      database.pragma('journal_mode = DELETE');
    } catch (error) {
      if (isSqliteError(error) && error.code.startsWith('SQLITE_BUSY')) {
        throw new OperatorError(
          `The database ${path} is in use. Stop the api, and whatever else has it open, and restore then.`,
          { cause: error },
        );
      }
      // damaged, or no database at all: what it was is given up
      if (!isSqliteError(error)) throw error;
    } finally {
      database.close();
    }
  }
  await Promise.all(['-wal', '-shm', '-journal'].map((suffix) => rm(path + suffix, { force: true })));
}

async function removeDatabase(path: string): Promise<void> {
  await Promise.all(['', '-wal', '-shm', '-journal'].map((suffix) => rm(path + suffix, { force: true })));
}

/** So that a power cut right after it does not bring the old file back. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function isSqliteError(error: unknown): error is InstanceType<typeof Database.SqliteError> {
  return error instanceof Database.SqliteError;
}
