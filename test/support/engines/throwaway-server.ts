import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import {
  type Command,
  initializeCommand,
  serveCommand,
  type ServerPlace,
  type ServerPrograms,
} from './engine-commands';
import { freePort } from './free-port';
import { createUniqueDatabase, queryVersion } from './queries';
import { type Run, ThrowawayFolder } from './throwaway-folder';
import type { DatabaseEngine, DatabaseServer, ServerOptions } from './types';

const READY_WITHIN_MS = 30_000;
const READY_POLL_MS = 20;
/** InnoDB writes its pages at a clean shutdown, which can take a while on a slow disk. */
const STOPS_WITHIN_MS = 20_000;

/** A server of the test run's own, in a temporary folder. */
export class ThrowawayServer implements DatabaseServer {
  readonly engine: DatabaseEngine;
  readonly controllable = true;
  private knownVersion = '';
  private run: Run | undefined;
  private disposed = false;

  private constructor(
    programs: ServerPrograms,
    private readonly folder: ThrowawayFolder,
    private readonly place: ServerPlace,
    private readonly serve: Command,
  ) {
    this.engine = programs.engine;
  }

  /** Initialises a data folder and starts a server on it. */
  static async launch(programs: ServerPrograms, { durable = false }: ServerOptions = {}): Promise<ThrowawayServer> {
    const folder = await ThrowawayFolder.create(programs.engine);
    try {
      const place: ServerPlace = {
        dataFolder: folder.file('data'),
        temporaryFolder: folder.file('tmp'),
        socket: folder.file('server.sock'),
        pidFile: folder.file('server.pid'),
        port: await freePort(),
      };
      await mkdir(place.temporaryFolder);
      await runToEnd(folder, initializeCommand(programs, place));
      const server = new ThrowawayServer(programs, folder, place, serveCommand(programs, place, durable));
      await server.start();
      return server;
    } catch (error) {
      await folder.remove();
      throw error;
    }
  }

  get version(): string {
    return this.knownVersion;
  }

  url(database: string): string {
    return `mysql://root@127.0.0.1:${this.place.port}/${encodeURIComponent(database)}`;
  }

  async createDatabase(): Promise<string> {
    return this.url(await createUniqueDatabase({ uri: this.url('') }));
  }

  async start(): Promise<void> {
    if (this.disposed) throw new Error(`This ${this.engine} server was disposed of`);
    if (this.run !== undefined && !this.run.ended) return;
    const run = await this.folder.run(this.serve.executable, this.serve.args);
    this.run = run;
    // A forgotten dispose() must not keep the test process alive.
    run.child.unref();
    try {
      this.knownVersion = await this.untilReady(run);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const { run } = this;
    if (run === undefined || run.ended) return;
    run.child.ref();
    run.child.kill(signal);
    const patience = setTimeout(() => run.child.kill('SIGKILL'), STOPS_WITHIN_MS);
    await run.exited;
    clearTimeout(patience);
  }

  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    await this.stop();
    await this.folder.remove();
  }

  /**
   * Asks through the socket in our own folder: behind the port there could be a server of
   * somebody else who was faster, and ours about to fail because of that.
   */
  private async untilReady(run: Run): Promise<string> {
    const deadline = Date.now() + READY_WITHIN_MS;
    let lastError: unknown;
    while (Date.now() < deadline) {
      if (run.ended) {
        throw await failure(this.folder, `${this.serve.executable} ended with ${await run.exited}`);
      }
      try {
        return await queryVersion({ user: 'root', socketPath: this.place.socket });
      } catch (error) {
        lastError = error;
      }
      await sleep(READY_POLL_MS);
    }
    const message = `${this.serve.executable} did not answer in ${READY_WITHIN_MS / 1_000} s`;
    throw await failure(this.folder, message, lastError);
  }
}

async function runToEnd(folder: ThrowawayFolder, command: Command): Promise<void> {
  const run = await folder.run(command.executable, command.args);
  const ending = await run.exited;
  if (ending !== 'exit code 0') {
    throw await failure(folder, `${command.executable} ended with ${ending}`);
  }
}

async function failure(folder: ThrowawayFolder, what: string, cause?: unknown): Promise<Error> {
  const message = `${what}. The end of its log:\n${await folder.lastLogLines()}`;
  return cause === undefined ? new Error(message) : new Error(message, { cause });
}
