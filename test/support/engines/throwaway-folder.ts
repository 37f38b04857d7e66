import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, realpath, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';

/** The shortest limit for the path of a unix socket (macOS; Linux allows four more). */
const LONGEST_SOCKET_PATH = 103;

/** The reason comes before some 25 lines of general advice when mariadb-install-db fails. */
const LOG_LINES_SHOWN = 40;

/**
 * Reads process ids, one a line, until the test process closes the pipe or dies, then kills the last one with its
 * children and removes the folder. An 'exit' handler cannot do this: Jest gives tests a copy of `process` on which
 * that event never fires, and no handler survives SIGKILL.
 * An empty line says that the process has ended, so that its id, free again, is not killed.
 * Removing is tried again because a process which is being killed may still add a file.
 */
const GUARD_SCRIPT = `
process=
while read -r line; do process=$line; done
if [ -n "$process" ]; then kill -KILL "-$process"; fi
for _ in 1 2 3 4 5; do rm -rf -- "$1" && break; sleep 0.2; done
`;

/** A running child process; `exited` settles with a description of how it ended. */
export interface Run {
  readonly child: ChildProcess;
  readonly exited: Promise<string>;
  ended: boolean;
}

/** A temporary folder which disappears, with the process working in it, when the tests end. */
export class ThrowawayFolder {
  private constructor(
    readonly path: string,
    private readonly guard: ChildProcessByStdio<Writable, null, null>,
  ) {}

  /** @param name a word for people who look into the temporary folder */
  static async create(name: string): Promise<ThrowawayFolder> {
    const prefix = `onet-${name}-`;
    const temporary = await realpath(tmpdir());
    const longestUse = join(temporary, `${prefix}XXXXXX`, 'server.sock');
    const parent = Buffer.byteLength(longestUse) > LONGEST_SOCKET_PATH ? '/tmp' : temporary;
    const path = await mkdtemp(join(parent, prefix));

    // A session of its own: Ctrl-C in a terminal must end the tests, but not the guard.
    const guard = spawn('/bin/sh', ['-c', GUARD_SCRIPT, 'guard', path], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      cwd: '/',
    });
    await once(guard, 'spawn');
    // A forgotten dispose() must not keep the test process alive.
    guard.unref();
    if (guard.stdin instanceof Socket) guard.stdin.unref();
    // Only fails when the guard itself was killed; the tests can go on without it.
    guard.stdin.on('error', () => undefined);
    return new ThrowawayFolder(path, guard);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /**
   * Starts a program which works in this folder and dies with the test process. One at a time.
   * What it prints goes to the log.
   */
  async run(executable: string, args: readonly string[]): Promise<Run> {
    const log = await open(this.file('error.log'), 'a');
    try {
      const child = spawn(executable, args, {
        stdio: ['ignore', log.fd, log.fd],
        cwd: this.path,
        // A process group of its own, so that the guard can kill it as a whole.
        detached: true,
      });
      const exited = new Promise<string>((resolve) => {
        child.once('exit', (code, signal) => {
          run.ended = true;
          this.guard.stdin.write('\n');
          resolve(signal === null ? `exit code ${String(code)}` : `signal ${signal}`);
        });
      });
      const run: Run = { child, exited, ended: false };
      await once(child, 'spawn');
      this.guard.stdin.write(`${String(child.pid)}\n`);
      return run;
    } finally {
      await log.close();
    }
  }

  /** The last lines which the programs in this folder printed, indented for an error message. */
  async lastLogLines(): Promise<string> {
    const log = await readFile(this.file('error.log'), 'utf8').catch(() => '');
    const lines = log.trimEnd().split('\n').slice(-LOG_LINES_SHOWN);
    return lines.map((line) => `  ${line}`).join('\n');
  }

  /** Removes the folder. The process which worked in it must have ended. */
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
    if (this.guard.exitCode !== null || this.guard.signalCode !== null) return;
    const ended = once(this.guard, 'exit');
    this.guard.ref();
    this.guard.stdin.end();
    await ended;
  }
}
