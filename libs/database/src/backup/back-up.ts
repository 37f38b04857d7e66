import { access, rename, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { OperatorError } from '@app/common';
import type { DatabaseConfig } from '@app/config';
import { checksumFile, inspectBackup, type BackupContent } from './backup-file';
import { backUpMysql } from './mysql-backup';
import { backUpSqlite } from './sqlite-backup';

/**
 * Writes a consistent copy of the database to a compressed file, while everybody goes on reading and writing. The file
 * has its name only once it is whole and was read back.
 *
 * @throws OperatorError where the file is there already, or cannot be made; nothing is left of it then
 */
export async function backUp(config: DatabaseConfig, file: string, signal: AbortSignal): Promise<BackupContent> {
  if (await exists(file)) throw new OperatorError(`${file} is there already. Name another file, or move it away.`);
  const partial = `${file}.${process.pid}.partial`;
  try {
    await (config.kind === 'sqlite' ? backUpSqlite(config, partial, signal) : backUpMysql(config, partial, signal));
    const content = await inspectBackup(partial);
    signal.throwIfAborted();
    await writeFile(checksumFile(file), `${content.sha256}  ${basename(file)}\n`, { flush: true });
    await rename(partial, file);
    return content;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error instanceof OperatorError ? error : notWritten(file, error);
  } finally {
    await rm(partial, { force: true });
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function notWritten(file: string, error: unknown): Error {
  const reason = error instanceof Error ? error.message : String(error);
  return new OperatorError(`The backup ${file} cannot be written: ${reason}`, { cause: error });
}
