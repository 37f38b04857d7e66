import type { DatabaseConfig } from '@app/config';
import { BackupUnusableError, inspectBackup, type BackupContent } from './backup-file';
import { restoreMysql } from './mysql-backup';
import { restoreSqlite } from './sqlite-backup';

/**
 * Puts a backup into the database that is configured. The next process that starts migrates it where it is older.
 *
 * @param replace whether what the database holds may be given up
 * @throws OperatorError before anything is touched, where the backup is not whole, the database is in use, or it holds
 *   something and must not be replaced
 */
export async function restore(
  config: DatabaseConfig,
  file: string,
  replace: boolean,
  signal: AbortSignal,
): Promise<BackupContent> {
  const content = await inspectBackup(file);
  if (content.kind === 'sqlite') {
    if (config.kind !== 'sqlite') throw wrongKind(file, 'an SQLite database', 'a database server');
    await restoreSqlite(config, file, replace, signal);
  } else {
    if (config.kind !== 'mysql') throw wrongKind(file, 'a database of a server', 'an SQLite file');
    await restoreMysql(config, file, replace, signal);
  }
  return content;
}

function wrongKind(file: string, held: string, configured: string): Error {
  return new BackupUnusableError(`${file} holds ${held}, and DATABASE_URL names ${configured}: it fits only its like.`);
}
