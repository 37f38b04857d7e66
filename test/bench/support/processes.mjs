// Starts the built api and worker as processes of their own, on free ports.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT } from '../../../scripts/lib/prepare.mjs';

const START_TIMEOUT_MS = 120_000;

/**
 * @param {Record<string, string>} environment on top of that of the bench
 * @param {string} root of the checkout whose build is started
 * @returns the running process: where it listens, how long it took to be ready (ms), and what it uses
 */
export function startApi(environment, root = ROOT) {
  // the load comes from one address: a limit that it meets would be all that is measured
  const { RATE_LIMIT_PER_MINUTE = '0' } = process.env;
  return start(
    root,
    'api',
    { PORT: '0', LOG_LEVEL: 'warn', RATE_LIMIT_PER_MINUTE, ...environment },
    /^Swagger UI\s+http:\/\/[^/]*:(\d+)\//,
  );
}

/** As {@link startApi}; where it listens is for its health only. */
export function startWorker(environment, root = ROOT) {
  return start(root, 'worker', { WORKER_PORT: '0', LOG_LEVEL: 'info', ...environment }, /health on port (\d+)/);
}

async function start(root, app, environment, announcement) {
  const started = performance.now();
  const child = spawn(process.execPath, [join(root, 'dist', 'apps', app, 'src', 'main.js')], {
    cwd: root,
    env: { ...process.env, HOST: '127.0.0.1', LOG_FORMAT: 'pretty', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await Promise.race([listening(app, child, announcement), failed(app, child)]);
  await untilReady(app, url);
  return {
    url,
    readyMs: performance.now() - started,
    residentMb: () => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    kill: () => child.kill('SIGKILL'),
    stop: async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

async function listening(app, child, announcement) {
  for await (const line of createInterface({ input: child.stdout })) {
    const port = announcement.exec(line)?.[1];
    if (port !== undefined) {
      child.stdout.resume();
      return `http://127.0.0.1:${port}`;
    }
  }
  throw new Error(`the ${app} ended without listening`);
}

async function failed(app, child) {
  const [code] = await once(child, 'exit');
  throw new Error(`the ${app} ended with ${code} before it was ready`);
}

async function untilReady(app, url) {
  for (const end = Date.now() + START_TIMEOUT_MS; Date.now() < end; await delay(5)) {
    const response = await fetch(`${url}/health/ready`).catch(() => null);
    if (response?.status === 200) return;
  }
  throw new Error(`the ${app} was not ready in time`);
}
