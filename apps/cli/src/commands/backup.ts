import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { OperatorError } from '@app/common';
import { loadConfig } from '@app/config';
import { backUp } from '@app/database';

/** `backup <file>`: writes a copy of the database to a new file, while the application runs. */
export async function backup(args: string[], signal: AbortSignal): Promise<void> {
  const { positionals } = parseArgs({ args, options: {}, allowPositionals: true });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) {
    throw new OperatorError('Name the file to write, such as: npm run backup -- /srv/backups/onet-2026-11-21.gz');
  }
  const { bytes, sha256 } = await backUp(loadConfig().database, resolve(file), signal);
  process.stdout.write(`The database is backed up in ${file}: ${bytes} bytes, SHA-256 ${sha256}.\n`);
}
