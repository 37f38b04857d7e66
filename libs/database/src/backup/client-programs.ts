import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { OperatorError } from '@app/common';
import type { DatabaseConfig } from '@app/config';

type MysqlConfig = DatabaseConfig & { readonly kind: 'mysql' };

/** The programs of MySQL and MariaDB that come with every server and client. */
export type ClientProgram = 'dump' | 'client';

/** The program of the server's own maker is tried first: it knows best what the other side understands. */
const NAMES = {
  dump: { mysql: ['mysqldump', 'mariadb-dump'], mariadb: ['mariadb-dump', 'mysqldump'] },
  client: { mysql: ['mysql', 'mariadb'], mariadb: ['mariadb', 'mysql'] },
} as const;

/** A program under way: its other end, and how it ends. */
export interface RunningProgram {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** @throws OperatorError with what the program complains of, where it fails */
  readonly succeeded: Promise<void>;
}

/**
 * Runs a program on the database.
 *
 * @param name what {@link installedProgram} found
 * @param work is given the running program; it is over when both are
 * @throws OperatorError where the program fails
 */
export async function withProgram(
  name: string,
  config: MysqlConfig,
  args: readonly string[],
  signal: AbortSignal,
  work: (program: RunningProgram) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'onet-skill-gap-'));
  try {
    // arguments can be seen by everybody on the machine
    const options = join(folder, 'client.cnf');
    await writeFile(options, optionFile(config), { mode: 0o600 });
    const child = spawn(name, [`--defaults-file=${options}`, ...args, config.database], {
      stdio: ['pipe', 'pipe', 'pipe'],
      signal,
    });
    const succeeded = success(name, child);
    // told below, whatever becomes of the work
    succeeded.catch(() => undefined);
    const [worked, ended] = await Promise.allSettled([
      work({ stdin: child.stdin, stdout: child.stdout, succeeded }).catch((error: unknown) => {
        child.kill();
        throw error;
      }),
      succeeded,
    ]);
    if (signal.aborted) throw signal.reason;
    // a program that is ended breaks the pipe, and one whose pipe breaks ends: the first of the two is the reason
    if (worked.status === 'rejected' && !isBrokenPipe(worked.reason)) throw worked.reason;
    if (ended.status === 'rejected') throw ended.reason;
    if (worked.status === 'rejected') throw worked.reason;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Looks for a program of that kind.
 *
 * @throws OperatorError where there is none
 */
export async function installedProgram(which: ClientProgram, server: 'mysql' | 'mariadb'): Promise<string> {
  const names = NAMES[which][server];
  for (const name of names) {
    const child = spawn(name, ['--version'], { stdio: 'ignore' });
    const found = await once(child, 'close').then(
      () => true,
      () => false,
    );
    if (found) return name;
  }
  throw new OperatorError(
    `Neither ${names.join(' nor ')} is installed here (on the PATH). Install the client of your server ` +
      '(Debian: apt-get install default-mysql-client), or do it where the server runs: see docs/operations.md.',
  );
}

async function success(name: string, child: ChildProcessByStdio<Writable, Readable, Readable>): Promise<void> {
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints = (complaints + text).slice(-4000)));
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  if (code === 0) return;
  const said = complaints.split('\n').filter((line) => line.trim() !== '' && !/\[?warning\]?/i.test(line));
  throw new OperatorError(
    `${name} failed (${signal ?? String(code)}): ${said.join(' ').trim() || 'it does not say why'}`,
  );
}

function optionFile({ host, port, user, password }: MysqlConfig): string {
  const quoted = (value: string): string =>
    `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}"`;
  return [
    '[client]',
    'protocol=tcp',
    `host=${quoted(host)}`,
    `port=${port}`,
    `user=${quoted(user)}`,
    `password=${quoted(password)}`,
    '',
  ].join('\n');
}

function isBrokenPipe(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === 'EPIPE' || code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE';
}
