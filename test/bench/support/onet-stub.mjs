// The stub of the O*NET Web Services, in a process of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../../../scripts/lib/prepare.mjs';

/** Serves a release in a process of its own; `settings` are what an application needs to find it, without a limiter. */
export async function startStub(release) {
  const script = join(ROOT, 'scripts', 'stub-onet.mjs');
  const child = spawn(process.execPath, [script, '--data', release, '--port', '0'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const [, key, url] = /^ +ONET_API_KEY=(\S+) ONET_API_BASE_URL=(\S+)$/.exec(line) ?? [];
    if (url === undefined) continue;
    child.stdout.resume();
    return { settings: { ONET_API_KEY: key, ONET_API_BASE_URL: url, ONET_REQUESTS_PER_SECOND: '0' }, stop };
  }
  throw new Error('the stub of the Web Services ended before it served');
}
