// npm run stub:onet -- --data <folder> [--port 8900] [--layout one|two] [--requests-per-second N]: the O*NET Web Services,
// versions 2 and 1.9, on 127.0.0.1 and with the release of a folder, to try the application without an account.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './lib/prepare.mjs';

if (!existsSync(join(ROOT, 'node_modules', '@swc', 'core'))) {
  process.stderr.write('The dependencies are not installed: run npm ci first.\n');
  process.exit(1);
}
const support = join(ROOT, 'test', 'support');
const runner = join(support, 'processes', 'run-typescript.cjs');
const program = join(support, 'onet-web-services', 'serve.ts');
process.argv = [process.argv[0], runner, program, ...process.argv.slice(2)];
await import(pathToFileURL(runner).href);
