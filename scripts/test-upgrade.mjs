// npm run test:upgrade [-- <commit>]: builds an earlier version (what has landed, by default) and runs it side by side with
// this one on one database, as during an upgrade, then goes back to it. On SQLite, and with workers where there are a
// database server and a Redis. Needs the history of the repository, and some minutes; see docs/operations.md, Upgrade.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { buildEarlierVersion, landedCommit } from './lib/earlier-version.mjs';
import { prepareBench } from './lib/prepare-bench.mjs';
import { ROOT } from './lib/prepare.mjs';

const GAP = '/api/v1/skill-gap-by-lvl?from=11-1011.00&to=11-3013.00';
const KEY = 'the-admin-key-of-this-test';
const PATIENCE_MS = 60_000;

const say = (line) => process.stdout.write(`${line}\n`);

async function eventually(what, condition) {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await delay(100)) if (await condition()) return;
  throw new Error(`Not within ${PATIENCE_MS / 1000} s: ${what}`);
}

async function gap(api) {
  const response = await fetch(api.url + GAP);
  assert.equal(response.status, 200);
  const { release, skill_gaps: gaps } = await response.json();
  return { release, gaps: gaps.map((item) => [item.skill_name, item.to_proficiency_level]) };
}

/** Has one version take the request, and whoever runs jobs do it; then all of them must serve it. */
async function ingest(release, by, apis) {
  const response = await fetch(`${by.url}/api/v1/admin/ingestions`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ source: 'directory', path: 'sample', release }),
  });
  assert.equal(response.status, 202, await response.clone().text());
  const { id } = await response.json();
  const state = async () => (await (await fetch(`${by.url}/api/v1/jobs/${id}`)).json()).state;
  await eventually(`${release} ingested`, async () => (await state()) === 'completed');
  for (const api of apis) await eventually(`${release} served`, async () => (await gap(api)).release === release);
}

async function upgrade(name, environment, startAll, earlier) {
  say(`== ${name}`);
  const running = [];
  const start = async (root) => {
    const { api, others } = await startAll(
      { ADMIN_API_KEYS: KEY, ONET_DATA_ROOT: join(ROOT, 'data'), ...environment },
      root,
    );
    running.push(api, ...others);
    return { api, stop: () => Promise.all([api, ...others].map((process) => process.stop())) };
  };
  try {
    const old = await start(earlier);
    const first = await gap(old.api);
    const next = await start(ROOT);
    assert.deepEqual(await gap(next.api), first);
    say('this version has migrated the database, and serves what the earlier one serves');
    await ingest('90.1', next.api, [old.api, next.api]);
    await ingest('90.2', old.api, [old.api, next.api]);
    assert.deepEqual(await gap(old.api), await gap(next.api));
    say('side by side, each ingests, and both serve it');
    await old.stop();
    await ingest('90.3', next.api, [next.api]);
    const last = await gap(next.api);
    await next.stop();
    const back = await start(earlier);
    assert.deepEqual(await gap(back.api), last);
    await ingest('90.4', back.api, [back.api]);
    say('the earlier version starts again on the database, serves the same, and ingests');
  } finally {
    for (const process of running) process.kill();
  }
}

prepareBench();
const { startApi, startWorker } = await import('../test/bench/support/processes.mjs');
const { startServers } = await import('../test/bench/support/servers.mjs');

const commit = process.argv[2] ?? landedCommit();
say(`building ${commit} …`);
const earlier = buildEarlierVersion(commit);
const folder = mkdtempSync(join(tmpdir(), 'onet-upgrade-'));
let servers = null;
try {
  const alone = async (environment, root) => ({ api: await startApi(environment, root), others: [] });
  await upgrade('SQLite', { DATABASE_URL: `sqlite:${join(folder, 'onet.sqlite')}` }, alone, earlier.root);
  servers = await startServers().catch((error) => (say(`NOT tried with workers: ${error.message}`), null));
  if (servers !== null) {
    const withWorker = async (environment, root) => {
      const api = await startApi(environment, root);
      return { api, others: [await startWorker(environment, root)] };
    };
    const environment = { DATABASE_URL: await servers.database.createDatabase(), REDIS_URL: servers.redis.url };
    await upgrade(servers.engine, environment, withWorker, earlier.root);
  }
  say('all of it works');
} catch (error) {
  say(`FAILED: ${error.stack}`);
  process.exitCode = 1;
} finally {
  await servers?.dispose();
  earlier.dispose();
  rmSync(folder, { recursive: true, force: true });
}
