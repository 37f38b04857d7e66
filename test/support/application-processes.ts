import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const RUNNER = require.resolve('./processes/run-typescript.cjs');
const PROGRAM = require.resolve('./processes/application-process');

/** Another process of the application, at work on a task of processes/application-process.ts. */
export class ApplicationProcess {
  private readonly child: ChildProcessByStdio<null, Readable, Readable>;
  private readonly ended: Promise<string>;
  private errors = '';

  constructor(args: readonly string[]) {
    this.child = spawn(process.execPath, [RUNNER, PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stderr.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
    this.ended = once(this.child, 'close').then(([code, signal]) => String(signal ?? code));
  }

  /** Waits until it reports to be ready. */
  async ready(): Promise<void> {
    const lines = createInterface({ input: this.child.stdout });
    const isReady = once(lines, 'line').then(() => true);
    if (!(await Promise.race([isReady, this.ended.then(() => false)]))) throw new Error(this.errors);
  }

  /** Waits until it ended; returns the exit code or the signal. What it wrote to stderr goes with a failure. */
  async end(): Promise<string> {
    const ending = await this.ended;
    return ending === '1' ? this.errors : ending;
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

/** Starts processes of the application for a test; what is left of them is killed after it. */
export function useApplicationProcesses(): { start(...args: readonly string[]): ApplicationProcess } {
  const started: ApplicationProcess[] = [];
  afterEach(() => Promise.all(started.splice(0).map((running) => running.kill())));
  return {
    start: (...args) => {
      const running = new ApplicationProcess(args);
      started.push(running);
      return running;
    },
  };
}
