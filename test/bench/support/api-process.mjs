// Starts the built api as a process of its own, on a free port.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT } from '../../../scripts/lib/prepare.mjs';

const START_TIMEOUT_MS = 120_000;

/**
 * @param {string} database SQLite file
 * @returns the running process: where it listens, how long it took to be ready (ms), and what it uses
 */
export async function startApi(database) {
  const started = performance.now();
  const child = spawn(process.execPath, [join(ROOT, 'dist', 'apps', 'api', 'src', 'main.js')], {
    cwd: ROOT,
    env: {
      ...process.env,
      DATABASE_URL: `sqlite:${database}`,
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'warn',
      LOG_FORMAT: 'pretty',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await Promise.race([listening(child), failed(child)]);
  await untilReady(url);
  return {
    url,
    readyMs: performance.now() - started,
    residentMb: () => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    stop: async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

async function listening(child) {
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /^Swagger UI\s+http:\/\/[^/]*:(\d+)\//.exec(line)?.[1];
    if (port !== undefined) {
      child.stdout.resume();
      return `http://127.0.0.1:${port}`;
    }
  }
  throw new Error('the api ended without listening');
}

async function failed(child) {
  const [code] = await once(child, 'exit');
  throw new Error(`the api ended with ${code} before it was ready`);
}

async function untilReady(url) {
  for (const end = Date.now() + START_TIMEOUT_MS; Date.now() < end; await delay(5)) {
    const response = await fetch(`${url}/health/ready`).catch(() => null);
    if (response?.status === 200) return;
  }
  throw new Error('the api was not ready in time');
}
