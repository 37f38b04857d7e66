// npm run bench:jobs [-- --quick]: measures how soon jobs begin and how many are done in a second, against bare BullMQ;
// prints a table, writes bench-jobs-results.json. Needs a MariaDB or MySQL and a Redis: those on PATH, or those that
// TEST_DATABASE_URL and TEST_REDIS_URL name.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepareBench } from './lib/prepare-bench.mjs';
import { ROOT } from './lib/prepare.mjs';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const size = values.quick ? { rounds: 1, samples: 100, jobs: 2000 } : { rounds: 3, samples: 200, jobs: 5000 };

prepareBench();
const { benchJobs } = await import('../test/bench/jobs/jobs-bench.mjs');
const jobs = await benchJobs(size);
const results = { node: process.version, cpu: `${cpus().length} x ${cpus()[0]?.model.trim()}`, ...jobs };

const fixed = (value, digits = 0) => value.toFixed(digits);
const latency = ({ p50Ms, p95Ms, p99Ms }) =>
  `p50 ${fixed(p50Ms, 1)} ms, p95 ${fixed(p95Ms, 1)} ms, p99 ${fixed(p99Ms, 1)} ms`;
const rate = ({ jobsPerSecond, requestsPerSecond }) =>
  `${fixed(jobsPerSecond).padStart(6)} done/s, ${fixed(requestsPerSecond).padStart(6)} asked for/s`;
const lines = [
  `Node ${results.node}, ${results.cpu}, ${results.engine}`,
  '',
  `request to start, one job at a time, ${results.samples} jobs, ${results.rounds} rounds`,
  `  bare BullMQ  ${latency(results.floor)}`,
  `  ledger       ${latency(results.ours)} (bar: p95 under 50 ms)`,
  `  ratio        ${fixed(results.latencyRatio, 1)} (p95)`,
  '',
  `one worker, ${results.concurrency} jobs at a time, ${results.jobs} jobs, ${results.rounds} rounds`,
  `  bare BullMQ  ${rate(results.floor)}`,
  `  ledger       ${rate(results.ours)} (bar: at least 500 done/s)`,
  `  ratio        ${fixed(results.throughputRatio, 2)} (done)`,
];
process.stdout.write(`${lines.join('\n')}\n`);
writeFileSync(join(ROOT, 'bench-jobs-results.json'), `${JSON.stringify(results, null, 2)}\n`);
