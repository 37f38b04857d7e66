// Runs a stub of the tests by hand; there is no build of them.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './prepare.mjs';

/** @param folder the one below test/support whose serve.ts is run, with the arguments of this process */
export async function runStub(folder) {
  if (!existsSync(join(ROOT, 'node_modules', '@swc', 'core'))) {
    process.stderr.write('The dependencies are not installed: run npm ci first.\n');
    process.exit(1);
  }
  const support = join(ROOT, 'test', 'support');
  const runner = join(support, 'processes', 'run-typescript.cjs');
  process.argv = [process.argv[0], runner, join(support, folder, 'serve.ts'), ...process.argv.slice(2)];
  await import(pathToFileURL(runner).href);
}
