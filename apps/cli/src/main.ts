import 'reflect-metadata';
import { AppError, OperatorError } from '@app/common';
import { assess } from './commands/assess';
import { backup } from './commands/backup';
import { gap } from './commands/gap';
import { ingest } from './commands/ingest';
import { llmReport } from './commands/llm-report';
import { releases } from './commands/releases';
import { restore } from './commands/restore';

const COMMANDS = { ingest, gap, releases, assess, 'llm-report': llmReport, backup, restore };

/** What is said of a command that was interrupted, beyond that. */
const INTERRUPTED: Readonly<Record<string, string>> = {
  ingest: 'Interrupted; the release that was active before is still active.',
  backup: 'Interrupted; no backup was written.',
};

const USAGE = `Usage:
  npm run ingest -- --from <folder|zip> [--release 30.1] [--activate-anyway] [--queue]
  npm run ingest -- --download 30.1 [--activate-anyway] [--queue]
  npm run ingest -- --web-services [--incremental] [--release 31.0] [--activate-anyway] [--queue]
  npm run ingest -- --first                   ONET_DATA_DIR, ONET_RELEASE or the sample, where there is no release yet
  npm run gap -- <from> <to>                  such as: npm run gap -- 11-1011.00 11-3013.00
  npm run releases [-- --activate <id>]
  npm run assess -- <code> [--from <code>]    such as: npm run assess -- 15-1252.00
  npm run llm:report [-- --price-prompt 0.30 --price-reply 2.50]
  npm run backup -- <file>                    a copy of the database, while everything runs
  npm run restore -- <file> [--replace]       while nothing runs`;

async function main(): Promise<void> {
  const [name = '', ...args] = process.argv.slice(2);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name as keyof typeof COMMANDS] : undefined;
  if (command === undefined)
    throw new OperatorError(`${name === '' ? 'No command' : `No such command: ${name}`}.\n${USAGE}`);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stop.abort(new OperatorError(INTERRUPTED[name] ?? 'Interrupted.'));
    });
  }
  try {
    await command(args, stop.signal);
  } catch (error) {
    if (isUsageFault(error)) throw new OperatorError(`${error.message}.\n${USAGE}`, { cause: error });
    throw error;
  }
}

/** What `parseArgs` throws for options it does not know. */
function isUsageFault(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

main().catch((error: unknown) => {
  const told = error instanceof OperatorError || error instanceof AppError;
  const message = told ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${message ?? 'Failed for an unknown reason'}\n`);
  process.exitCode = 1;
});
