import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram } from './find-program';
import { freePort } from './free-port';
import { type Run, ThrowawayFolder } from './throwaway-folder';

const READY_WITHIN_MS = 10_000;
const READY_POLL_MS = 20;
/** Databases of a Redis as it is installed; the first is left to others. */
const DATABASES = 16;

/** A Redis that a test may fill, and, where it is `controllable`, take away. */
export interface RedisServer {
  readonly url: string;
  /** Whether `stop` and `start` work: false for one that the tests did not start. */
  readonly controllable: boolean;
  /** Makes it forget everything. */
  flush(): Promise<void>;
  /** Takes it away; what it held is lost, since it is told to write nothing down. By SIGKILL where nothing else is said. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Brings it back on the same port, empty. */
  start(): Promise<void>;
  /** Leaves nothing behind. Can be called more than once. */
  dispose(): Promise<void>;
}

/** What a run can use: the version of `redis-server`, or the place of the one at TEST_REDIS_URL; undefined for nothing. */
export async function findRedis(): Promise<string | undefined> {
  const url = process.env['TEST_REDIS_URL'];
  if (url) return new URL(url).host;
  return findProgram('redis-server');
}

/**
 * An empty Redis of the test's own, or a database of the one at TEST_REDIS_URL.
 *
 * @throws Error where there is none, or where it does not start
 */
export async function startRedis(): Promise<RedisServer> {
  const given = process.env['TEST_REDIS_URL'];
  if (given) {
    const url = new URL(given);
    // test files that run at the same time keep out of each other's way
    url.pathname = `/${1 + (Number(process.env['JEST_WORKER_ID'] ?? 1) % (DATABASES - 1))}`;
    const server = new ExternalRedis(url.href);
    await server.flush();
    return server;
  }
  const program = await findProgram('redis-server');
  if (program === undefined) throw new Error('No redis-server found: install one, or set TEST_REDIS_URL.');
  const server = new ThrowawayRedis(program, await ThrowawayFolder.create('redis'), await freePort());
  await server.start();
  return server;
}

class ThrowawayRedis implements RedisServer {
  readonly controllable = true;
  readonly url: string;
  private run: Run | undefined;
  private disposed = false;

  constructor(
    private readonly program: string,
    private readonly folder: ThrowawayFolder,
    private readonly port: number,
  ) {
    this.url = `redis://127.0.0.1:${port}`;
  }

  flush(): Promise<void> {
    return flush(this.url);
  }

  async start(): Promise<void> {
    if (this.run !== undefined && !this.run.ended) return;
    const settings = { bind: '127.0.0.1', port: String(this.port), save: '', appendonly: 'no', dir: this.folder.path };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    this.run = await this.folder.run(this.program, args);
    this.run.child.unref();
    const deadline = Date.now() + READY_WITHIN_MS;
    while (!(await answers(this.url))) {
      if (this.run.ended || Date.now() > deadline) {
        throw new Error(`redis-server does not answer. The end of its log:\n${await this.folder.lastLogLines()}`);
      }
      await sleep(READY_POLL_MS);
    }
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): Promise<void> {
    if (this.run === undefined || this.run.ended) return;
    // from now on it is waited for, even where nothing else keeps this process alive
    this.run.child.ref();
    this.run.child.kill(signal);
    await this.run.exited;
  }

  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    await this.stop();
    await this.folder.remove();
  }
}

class ExternalRedis implements RedisServer {
  readonly controllable = false;

  constructor(readonly url: string) {}

  flush(): Promise<void> {
    return flush(this.url);
  }

  stop(): Promise<void> {
    return Promise.reject(new Error('The Redis at TEST_REDIS_URL is not ours to stop: check `controllable` first.'));
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  dispose(): Promise<void> {
    return this.flush();
  }
}

async function flush(url: string): Promise<void> {
  const client = new Redis(url);
  try {
    await client.flushdb();
  } finally {
    client.disconnect();
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.ping();
    return true;
  } catch {
    return false;
  } finally {
    client.disconnect();
  }
}
