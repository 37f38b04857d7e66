// node scripts/run.mjs <api|cli> [arguments]: prepares the checkout and runs an app of it, in this very process.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare, PreparationError, ROOT } from './lib/prepare.mjs';

const [app, ...args] = process.argv.slice(2);
try {
  prepare();
} catch (error) {
  if (!(error instanceof PreparationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
const main = join(ROOT, 'dist', 'apps', app, 'src', 'main.js');
process.argv = [process.argv[0], main, ...args];
await import(pathToFileURL(main).href);
