// npm test: everything a change must pass, one step after the other, and a summary in the last lines.
// With names of steps as arguments only those, and the long campaigns, which run only when they are named.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { prepare, PreparationError, ROOT } from './lib/prepare.mjs';

const RESULTS = join(ROOT, 'test-results');
const bin = (name) => join(ROOT, 'node_modules', '.bin', name);
const jest = (project) => [
  'jest',
  '--selectProjects',
  project,
  '--json',
  `--outputFile=${join(RESULTS, `${project}.json`)}`,
];

/** Long: processes killed, frozen and cut off, over and over. */
const ONLY_WHEN_NAMED = ['faults'];

const STEPS = [
  ['format', ['prettier', '--check', '--log-level', 'warn', '.']],
  ['lint', ['eslint', '--max-warnings', '0', '.']],
  ['types', ['tsc', '--noEmit', '-p', 'tsconfig.json']],
  ['import directions', ['depcruise', '--config', '.dependency-cruiser.cjs', 'apps', 'libs']],
  ['unused code', ['knip']],
  ['unit', jest('unit')],
  ['integration', jest('integration')],
  ['e2e', jest('e2e')],
  ['faults', jest('faults')],
];

/** Counts of one Jest project, or none where it did not get that far. */
function jestCounts(project) {
  const path = join(RESULTS, `${project}.json`);
  if (!existsSync(path)) return { passed: 0, failed: 0, skipped: 0 };
  const result = JSON.parse(readFileSync(path, 'utf8'));
  return {
    passed: result.numPassedTests,
    // a file that cannot even be loaded has no test that could fail
    failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
    skipped: result.numPendingTests,
  };
}

function engines() {
  const path = join(RESULTS, 'engines.json');
  if (!existsSync(path)) return [];
  const { used, missing } = JSON.parse(readFileSync(path, 'utf8'));
  const lines = [`engines: ${used.join(', ')}`];
  if (missing.length > 0) lines.push(`NOT tested, since not found on this machine: ${missing.join(', ')}`);
  return lines;
}

try {
  prepare();
} catch (error) {
  if (!(error instanceof PreparationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
rmSync(RESULTS, { recursive: true, force: true });
mkdirSync(RESULTS, { recursive: true });

const wanted = process.argv.slice(2);
const outcomes = [];
for (const [name, [command, ...args]] of STEPS) {
  if (wanted.length > 0 ? !wanted.includes(name) : ONLY_WHEN_NAMED.includes(name)) continue;
  process.stdout.write(`\n== ${name}\n`);
  const started = Date.now();
  const { status } = spawnSync(bin(command), args, {
    cwd: ROOT,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  outcomes.push({ name, passed: status === 0, seconds: (Date.now() - started) / 1000 });
}

process.stdout.write('\n== summary\n');
for (const { name, passed, seconds } of outcomes) {
  process.stdout.write(`${passed ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(0)} s)\n`);
}
for (const line of engines()) process.stdout.write(`${line}\n`);
const counts = ['unit', 'integration', 'e2e', 'faults'].map(jestCounts);
const sum = (key) => counts.reduce((total, count) => total + count[key], 0);
const failedSteps = outcomes.filter(({ passed }) => !passed);
process.stdout.write(`tests: ${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped\n`);
process.exit(failedSteps.length === 0 && sum('failed') === 0 && sum('passed') > 0 ? 0 : 1);
