// The gap endpoint at a fixed rate while a worker imports a release, against the same without an import, in turn: api,
// worker, database and Redis as processes of their own on this machine.
import { readdirSync, existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startApi, startWorker } from '../support/processes.mjs';
import { startServers } from '../support/servers.mjs';
import { median, percentile } from '../support/statistics.mjs';
import { openLoop } from './open-loop.mjs';

const PAIR = '/api/v1/skill-gap-by-lvl?from=11-1011.00&to=11-3013.00';
const ADMIN_KEY = 'the-admin-key-of-the-bench';
const JOB_POLL_MS = 250;
const IMPORT_WITHIN_MS = 120_000;
/** What an import leaves the database to do is not to be seen in the quiet stretch that follows. */
const SETTLE_MS = 2000;

/**
 * @param {{ release: string, rounds: number, quietSeconds: number, perSecond: number }} options `release`: folder of a
 *   text release. Where another one lies beside it, that is in service at first, and they take turns.
 */
export async function benchImportLoad({ release, rounds, quietSeconds, perSecond }) {
  const releases = [release, neighbourOf(release) ?? release];
  const servers = await startServers();
  const started = [];
  try {
    const environment = {
      DATABASE_URL: await servers.database.createDatabase(),
      REDIS_URL: servers.redis.url,
      ADMIN_API_KEYS: ADMIN_KEY,
      ONET_DATA_ROOT: dirname(release),
      // where it is the only one, it need not have its version for a name
      ONET_DATA_DIR: releases[1] === release ? '' : releases[1],
    };
    const api = await startApi(environment);
    started.push(api);
    started.push(await startWorker(environment));
    const url = api.url + PAIR;
    await openLoop({ url, perSecond, until: delay(2000) });
    const results = [];
    for (let round = 0; round < rounds; round++) {
      await delay(SETTLE_MS);
      const quiet = await openLoop({ url, perSecond, until: delay(quietSeconds * 1000) });
      const { latencies, importMs } = await duringImport(api.url, basename(releases[round % 2]), perSecond);
      const [quietP99, importP99] = [percentile(quiet, 0.99), percentile(latencies, 0.99)];
      results.push({
        quiet: { p50Ms: percentile(quiet, 0.5), p99Ms: quietP99 },
        importing: { p50Ms: percentile(latencies, 0.5), p99Ms: importP99, maxMs: Math.max(...latencies) },
        requests: latencies.length,
        importMs,
        ratio: importP99 / quietP99,
      });
    }
    const of = (side, key) => median(results.map((result) => result[side][key]));
    return {
      engine: servers.engine,
      rounds,
      perSecond,
      quiet: { p50Ms: of('quiet', 'p50Ms'), p99Ms: of('quiet', 'p99Ms') },
      importing: { p50Ms: of('importing', 'p50Ms'), p99Ms: of('importing', 'p99Ms'), maxMs: of('importing', 'maxMs') },
      importMs: median(results.map(({ importMs }) => importMs)),
      ratio: median(results.map(({ ratio }) => ratio)),
      each: results,
    };
  } finally {
    await Promise.all(started.map((running) => running.stop()));
    await servers.dispose();
  }
}

/** Asks for gaps from the request for an import until its job is over and the api serves what it brought. */
async function duringImport(base, path, perSecond) {
  let firstTag;
  let switched = () => undefined;
  const serving = new Promise((resolve) => (switched = resolve));
  const onAnswer = ({ etag }) => {
    firstTag ??= etag;
    if (etag !== firstTag) switched();
  };
  const began = performance.now();
  let importMs = 0;
  const job = importRelease(base, path).then(() => (importMs = performance.now() - began));
  const late = new AbortController();
  const until = Promise.race([
    Promise.all([job, serving]),
    delay(IMPORT_WITHIN_MS, null, { signal: late.signal }).then(
      () => Promise.reject(new Error(`the import took longer than ${IMPORT_WITHIN_MS} ms`)),
      () => undefined,
    ),
  ]).finally(() => late.abort());
  const latencies = await openLoop({ url: base + PAIR, perSecond, until, onAnswer });
  return { latencies, importMs };
}

async function importRelease(base, path) {
  const response = await fetch(`${base}/api/v1/admin/ingestions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ source: 'directory', path }),
  });
  const { id } = await response.json();
  if (response.status !== 202) throw new Error(`the import of ${path} was refused: ${response.status}`);
  for (;;) {
    await delay(JOB_POLL_MS);
    const { state, error } = await (await fetch(`${base}/api/v1/jobs/${id}`)).json();
    if (state === 'completed') return;
    if (state !== 'queued' && state !== 'active') throw new Error(`the import is ${state}: ${error?.detail}`);
  }
}

/** Another release in the same folder. */
function neighbourOf(release) {
  const folder = dirname(release);
  const isRelease = (name) => existsSync(join(folder, name, 'Occupation Data.txt'));
  const name = readdirSync(folder).find((other) => other !== basename(release) && isRelease(other));
  return name === undefined ? undefined : join(folder, name);
}
