// What the benchmarks need beyond the build: the part of the tests that starts throwaway servers.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { prepare, ROOT } from './prepare.mjs';

export function prepareBench() {
  prepare();
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const compiled = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.bench.json'], { cwd: ROOT, stdio: 'inherit' });
  if (compiled.status !== 0) process.exit(1);
}
