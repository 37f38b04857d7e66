import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

const DIST = resolve(__dirname, '../../../dist');
const POLL_MS = 20;
/** What processes get of the environment of the tests; the rest could change how they behave. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'LANG'];

/** The built programs. */
export type Program = 'api' | 'worker' | 'cli';

/** How a process ended, and all that it had to say. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface BuiltProcessOptions {
  /** Working folder, which is where a `.env` is read from and `.data` is made. */
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Options of Node itself. */
  readonly nodeArgs?: readonly string[];
  /** Makes it the first of a process group of its own, so that what it leaves behind can be found. */
  readonly ownGroup?: boolean;
}

/** A program of `dist` as a process of its own. */
export class BuiltProcess {
  stdout = '';
  stderr = '';
  private readonly child: ChildProcessByStdio<null, Readable, Readable>;
  private readonly ended: Promise<Ending>;
  private ending: Ending | null = null;

  constructor(
    readonly program: Program,
    { folder, environment = {}, args = [], nodeArgs = [], ownGroup = false }: BuiltProcessOptions,
  ) {
    const main = join(DIST, 'apps', program, 'src', 'main.js');
    if (!existsSync(main)) throw new Error(`${main} is missing: run "npm run build" before these tests.`);
    const inherited = INHERITED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
    this.child = spawn(process.execPath, [...nodeArgs, main, ...args], {
      cwd: folder,
      env: { ...(Object.fromEntries(inherited) as Record<string, string>), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: ownGroup,
    });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.ended = once(this.child, 'close').then(([code, signal]: unknown[]) => {
      const { stdout, stderr } = this;
      this.ending = { code: code as number | null, signal: signal as NodeJS.Signals | null, stdout, stderr };
      return this.ending;
    });
  }

  /** Process id. */
  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`The ${this.program} could not be started`);
    return this.child.pid;
  }

  get hasEnded(): boolean {
    return this.ending !== null;
  }

  /** Waits until the standard output shows a pattern. */
  async shows(pattern: RegExp, withinMs = 20_000): Promise<RegExpExecArray> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const match = pattern.exec(this.stdout);
      if (match !== null) return match;
      if (this.ending !== null) throw this.failure(`ended before it showed ${String(pattern)}`);
      if (Date.now() > deadline) throw this.failure(`did not show ${String(pattern)} in ${withinMs} ms`);
      await sleep(POLL_MS);
    }
  }

  /** Waits until it ended by itself. */
  async end(withinMs = 20_000): Promise<Ending> {
    const tooLate = new AbortController();
    const ending = await Promise.race([
      this.ended,
      sleep(withinMs, null, { signal: tooLate.signal }).catch(() => null),
    ]).finally(() => {
      tooLate.abort();
    });
    if (ending === null) throw this.failure(`did not end in ${withinMs} ms`);
    return ending;
  }

  send(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    this.send('SIGKILL');
    await this.ended;
  }

  private failure(what: string): Error {
    return new Error(`The ${this.program} ${what}.\n-- stdout:\n${this.stdout}\n-- stderr:\n${this.stderr}`);
  }
}
