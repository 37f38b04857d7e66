// npm test: everything a change must pass, one step after the other, and a summary in the last lines.
// With names of steps as arguments only those, and the long campaigns, which run only when they are named.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { prepare, PreparationError, ROOT } from './lib/prepare.mjs';

/** Another folder where two runs go on at the same time. */
const RESULTS = resolve(process.env.TEST_RESULTS_DIR ?? join(ROOT, 'test-results'));
const bin = (name) => join(ROOT, 'node_modules', '.bin', name);
const jest = (project, ...more) => [
  'jest',
  '--selectProjects',
  project,
  '--json',
  `--outputFile=${join(RESULTS, `${project}.json`)}`,
  ...more,
];

/** Long: processes killed, frozen and cut off, over and over; requests that make no sense; and more of them than any can bear. */
const ONLY_WHEN_NAMED = ['faults', 'fuzz', 'load'];

/** Each takes one core at most, so they go on side by side; what they say is shown one after the other. */
const CHECKS = ['format', 'lint', 'types', 'import directions', 'unused code'];

const STEPS = [
  ['format', ['prettier', '--check', '--log-level', 'warn', '.']],
  ['lint', ['eslint', '--max-warnings', '0', '.']],
  ['types', ['tsc', '--noEmit', '-p', 'tsconfig.json']],
  ['import directions', ['depcruise', '--config', '.dependency-cruiser.cjs', 'apps', 'libs']],
  ['unused code', ['knip']],
  ['unit', jest('unit')],
  // part of the time they wait, for servers and for leases to run out; Jest takes more than 100 % for so many workers
  ['integration', jest('integration', `--maxWorkers=${Math.ceil(availableParallelism() * 1.5)}`)],
  ['e2e', jest('e2e')],
  // mostly they wait, for leases to run out and for servers to come back
  ['faults', jest('faults', '--maxWorkers=4')],
  ['fuzz', jest('fuzz')],
  // one at a time: what is measured would be the other otherwise
  ['load', jest('load', '--runInBand')],
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

const OPTIONS = {
  cwd: ROOT,
  env: { ...process.env, TEST_RESULTS_DIR: RESULTS },
  shell: process.platform === 'win32',
};

/** What a check came to, and all that it said. */
async function check([name, [command, ...args]]) {
  const started = Date.now();
  const child = spawn(bin(command), args, { ...OPTIONS, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  const passed = await new Promise((resolve) => {
    child.once('error', (error) => {
      said += `${error.message}\n`;
      resolve(false);
    });
    child.once('close', (status) => resolve(status === 0));
  });
  return { name, passed, seconds: (Date.now() - started) / 1000, said };
}

function run([name, [command, ...args]]) {
  process.stdout.write(`\n== ${name}\n`);
  const started = Date.now();
  const { status } = spawnSync(bin(command), args, { ...OPTIONS, stdio: 'inherit' });
  return { name, passed: status === 0, seconds: (Date.now() - started) / 1000 };
}

const wanted = process.argv.slice(2);
const steps = STEPS.filter(([name]) => (wanted.length > 0 ? wanted.includes(name) : !ONLY_WHEN_NAMED.includes(name)));
const outcomes = [];
const checking = steps.filter(([name]) => CHECKS.includes(name)).map(check);
for (const ending of checking) {
  const { said, ...outcome } = await ending;
  process.stdout.write(`\n== ${outcome.name}\n${said}`);
  outcomes.push(outcome);
}
for (const step of steps) if (!CHECKS.includes(step[0])) outcomes.push(run(step));

process.stdout.write('\n== summary\n');
for (const { name, passed, seconds } of outcomes) {
  process.stdout.write(`${passed ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(0)} s)\n`);
}
for (const line of engines()) process.stdout.write(`${line}\n`);
const counts = ['unit', 'integration', 'e2e', ...ONLY_WHEN_NAMED].map(jestCounts);
const sum = (key) => counts.reduce((total, count) => total + count[key], 0);
const failedSteps = outcomes.filter(({ passed }) => !passed);
process.stdout.write(`tests: ${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped\n`);
// a run of tests that found none has tested nothing
const tested = steps.length > 0 && (sum('passed') > 0 || steps.every(([name]) => CHECKS.includes(name)));
process.exit(failedSteps.length === 0 && sum('failed') === 0 && tested ? 0 : 1);
