import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { OperatorError } from '@app/common';
import { loadConfig } from '@app/config';
import { restore as restoreDatabase } from '@app/database';

/** `restore <file> [--replace]`: puts a backup into the database, which nobody may be using. */
export async function restore(args: string[], signal: AbortSignal): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    options: { replace: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) {
    throw new OperatorError('Name the file to restore, such as: npm run restore -- /srv/backups/onet-2026-11-21.gz');
  }
  await restoreDatabase(loadConfig().database, resolve(file), values.replace, signal);
  process.stdout.write(`${file} is restored. Processes may be started; the first one migrates what is older.\n`);
}
