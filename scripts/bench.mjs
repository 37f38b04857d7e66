// npm run bench [-- --quick] [-- --only http|ingestion|startup|import|web-services|pulls|llm-gap|assess-all]: measures the api, ingestion,
// start-up, the api during an import, builds and pulls from the Web Services, gaps and assessments of the LLM, prints a table, writes bench-results.json.
// ONET_DATA_DIR names the release to measure with (a folder); by default the bundled sample, and for builds, pulls and
// assessments the whole release in ../shared/onet/30.1.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepareBench } from './lib/prepare-bench.mjs';
import { ROOT } from './lib/prepare.mjs';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } } });
const rounds = values.quick ? 1 : 5;
const seconds = values.quick ? 2 : 5;
const CONNECTIONS = 64;
const REQUESTS_PER_SECOND = 200;
const WHOLE_RELEASE = 50_000;
const SAMPLE = join(ROOT, 'data', 'sample');
const WHOLE = join(ROOT, '..', 'shared', 'onet', '30.1');

prepareBench();

const { startApi } = await import('../test/bench/support/processes.mjs');
const { benchHttp } = await import('../test/bench/http/http-bench.mjs');
const { benchImportLoad } = await import('../test/bench/import-load/import-load-bench.mjs');
const { benchIngestion } = await import('../test/bench/ingestion/ingestion-bench.mjs');
const { benchStartup } = await import('../test/bench/startup/startup-bench.mjs');
const { benchAssessAll } = await import('../test/bench/llm/assess-all-bench.mjs');
const { benchCachedLlmGap } = await import('../test/bench/llm/cached-bench.mjs');
const { benchPulls } = await import('../test/bench/pulls/pulls-bench.mjs');
const { benchWebServices } = await import('../test/bench/web-services/web-services-bench.mjs');

const folder = mkdtempSync(join(tmpdir(), 'onet-bench-'));
const release = process.env.ONET_DATA_DIR || SAMPLE;
const wanted = (part) => values.only === undefined || values.only === part;
const results = {
  node: process.version,
  cpu: `${cpus().length} x ${cpus()[0]?.model.trim()}`,
  release: release === SAMPLE ? 'bundled sample' : 'ONET_DATA_DIR',
};
try {
  if (wanted('ingestion')) results.ingestion = await benchIngestion({ release, folder, rounds });
  if (wanted('http') || wanted('startup')) {
    const database = join(folder, 'api.sqlite');
    const api = await startApi({ DATABASE_URL: `sqlite:${database}` });
    try {
      if (wanted('http')) {
        results.http = await benchHttp({ url: api.url, folder, rounds, seconds, connections: CONNECTIONS });
      }
    } finally {
      await api.stop();
    }
    if (wanted('startup')) results.startup = await benchStartup({ database, rounds });
  }
  if (wanted('import')) {
    const perSecond = REQUESTS_PER_SECOND;
    results.importLoad = await benchImportLoad({ release, rounds, quietSeconds: seconds, perSecond });
  }
  if (wanted('web-services')) {
    const whole = process.env.ONET_DATA_DIR || WHOLE;
    if (existsSync(whole)) results.webServices = await benchWebServices({ release: whole, folder, rounds });
    else results.webServices = { missing: '../shared/onet/30.1' };
  }
  if (wanted('pulls')) {
    const whole = process.env.ONET_DATA_DIR || WHOLE;
    const pulls = values.quick ? 5 : 50;
    if (existsSync(whole)) results.pulls = await benchPulls({ release: whole, sample: SAMPLE, folder, pulls });
    else results.pulls = { missing: '../shared/onet/30.1' };
  }
  if (wanted('llm-gap')) {
    results.llmGap = await benchCachedLlmGap({ folder, rounds, seconds, connections: CONNECTIONS });
  }
  if (wanted('assess-all')) {
    const whole = process.env.ONET_DATA_DIR || (existsSync(WHOLE) ? WHOLE : SAMPLE);
    results.assessAll = await benchAssessAll({ release: whole, folder, few: values.quick });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const fixed = (value, digits = 0) => value.toFixed(digits);
const lines = [`Node ${results.node}, ${results.cpu}, release: ${results.release}`];
if (results.http) {
  const { client, floor, ours, ratio } = results.http;
  const side = ({ requestsPerSecond, p50Ms, p99Ms }) =>
    `${fixed(requestsPerSecond).padStart(7)} req/s, p50 ${fixed(p50Ms, 2)} ms, p99 ${fixed(p99Ms, 2)} ms`;
  lines.push(
    '',
    `/skill-gap-by-lvl, ${CONNECTIONS} connections, ${rounds} rounds, client ${client}`,
    `  bare node:http  ${side(floor)}`,
    `  api             ${side(ours)}`,
    `  ratio           ${fixed(ratio, 2)} (bar: at least 0.40)`,
  );
}
if (results.pulls?.missing) lines.push('', `pulls: not measured, without ONET_DATA_DIR and ${results.pulls.missing}`);
else if (results.pulls) {
  const row = (name, { first, second, local }, bar) =>
    `  ${name.padEnd(12)} first p50 ${fixed(first.p50Ms)} ms, slowest ${fixed(first.maxMs)} ms (bar: at most ${bar} and the time ` +
    `that O*NET takes); second p50 ${fixed(second.p50Ms, 1)} ms; one that is there p50 ${fixed(local.p50Ms, 1)} ms`;
  lines.push(
    '',
    `answers for ${results.pulls.pulls - 1} occupations that are pulled, one after the other`,
    row('embedded', results.pulls.embedded, '300 ms'),
    row('distributed', results.pulls.distributed, '500 ms'),
  );
}
if (results.llmGap) {
  const { client, byLevel, llm, ratio } = results.llmGap;
  const side = ({ requestsPerSecond, p50Ms, p99Ms }) =>
    `${fixed(requestsPerSecond).padStart(7)} req/s, p50 ${fixed(p50Ms, 2)} ms, p99 ${fixed(p99Ms, 2)} ms`;
  lines.push(
    '',
    `/skill-gap-llm that is there, ${CONNECTIONS} connections, ${rounds} rounds, client ${client}`,
    `  by level      ${side(byLevel)}`,
    `  llm           ${side(llm)}`,
    `  ratio of p99  ${fixed(ratio, 2)} (bar: at most 3)`,
  );
}
if (results.assessAll) {
  lines.push('', 'assessments of all rated occupations by a stub that takes a second for each');
  for (const [name, { whole, killed }] of Object.entries(results.assessAll)) {
    lines.push(
      `  ${name.padEnd(11)} ${whole.assessed} in ${fixed(whole.seconds, 1)} s (bar: 894 in under 150 s), ${whole.calls} calls, ` +
        `${whole.atOnce} at once; killed in the middle: ${killed.assessed} with ${killed.calls} calls, ${killed.twice} more than ` +
        'occupations (what was on its way: at most 8)',
    );
  }
}
if (results.ingestion) {
  lines.push('', `ingestion of ${results.ingestion.ratings} ratings, text to active, ${rounds} rounds`);
  // with few rows the fixed cost of an ingestion is what is seen
  const whole = results.ingestion.ratings >= WHOLE_RELEASE;
  if (!whole) lines.push('  (the bars are for a whole release: name one by ONET_DATA_DIR)');
  for (const { engine, floorMs, ingestionMs, ratio, peakMb } of results.ingestion.engines) {
    const bar = engine === 'SQLite' ? 10 : 5;
    lines.push(
      `  ${engine}: floor ${fixed(floorMs)} ms, ingestion ${fixed(ingestionMs)} ms, ratio ${fixed(ratio, 2)} ` +
        `${whole ? `(bar: at most ${bar})` : '(no bar)'}, peak ${fixed(peakMb)} MB (bar: 300)`,
    );
  }
}
if (results.startup) {
  const { readyMs, residentMb, residentMbMax } = results.startup;
  lines.push(
    '',
    `start to ready ${fixed(readyMs)} ms (bar: 3,000), resident ${fixed(residentMb)} MB, at most ${fixed(residentMbMax)} MB (bar: 200)`,
  );
}
if (results.importLoad) {
  const { engine, quiet, importing, importMs, ratio } = results.importLoad;
  const side = ({ p50Ms, p99Ms }) => `p50 ${fixed(p50Ms, 2)} ms, p99 ${fixed(p99Ms, 2)} ms`;
  lines.push(
    '',
    `/skill-gap-by-lvl, ${REQUESTS_PER_SECOND} requests a second, ${rounds} rounds, ${engine}`,
    `  without an import  ${side(quiet)}`,
    `  during one         ${side(importing)}, slowest ${fixed(importing.maxMs)} ms, import ${fixed(importMs)} ms`,
    `  ratio of p99       ${fixed(ratio, 2)} (bar: at most 3)`,
  );
}
if (results.webServices?.missing !== undefined) {
  lines.push('', `builds from the Web Services: not measured, since ${results.webServices.missing} is not there`);
} else if (results.webServices) {
  const { ratings, engines } = results.webServices;
  lines.push('', `build of ${ratings} ratings from the Web Services (a stub, no limiter), ${rounds} rounds`);
  const bar = ratings >= WHOLE_RELEASE ? '(bar: 15)' : '(no bar)';
  for (const { engine, textMs, builtMs, slowestMs, ratio, peakMb } of engines) {
    lines.push(
      `  ${engine}: ${fixed(builtMs / 1000, 1)} s, slowest ${fixed(slowestMs / 1000, 1)} s ${bar}, from text ` +
        `${fixed(textMs / 1000, 1)} s, ratio ${fixed(ratio, 2)}, peak ${fixed(peakMb)} MB`,
    );
  }
}
process.stdout.write(`${lines.join('\n')}\n`);
writeFileSync(join(ROOT, 'bench-results.json'), `${JSON.stringify(results, null, 2)}\n`);
