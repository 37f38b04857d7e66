// npm run test:compose: builds the images, brings the system of docker-compose.yml up from nothing, uses it, kills one
// container of each kind, backs it up and restores it, stops it, starts it again, and takes everything away. Needs a Docker engine with compose.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { ComposeStack } from './lib/compose-stack.mjs';

const GAP = '/api/v1/skill-gap-by-lvl?from=11-1011.00&to=11-3013.00';
/** What the images add to their base: our code, the data, and what it needs to run. */
const MAX_ADDED_MB = 130;
const PATIENCE_MS = 90_000;

const started = Date.now();
const stack = new ComposeStack({ project: `onet-skill-gap-test-${process.pid}`, port: await freePort() });

function say(text) {
  process.stdout.write(`[${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s] ${text}\n`);
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function request(path, options = {}) {
  const response = await fetch(stack.url + path, { ...options, signal: AbortSignal.timeout(20_000) });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, body: isJson ? JSON.parse(text) : text };
}

async function eventually(what, condition) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const failure = await Promise.resolve()
      .then(condition)
      .then((met) => (met ? null : 'it is not so'))
      .catch((error) => error.message);
    if (failure === null) return;
    if (Date.now() > deadline) throw new Error(`Not within ${PATIENCE_MS / 1000} s: ${what} (${failure})`);
    await delay(250);
  }
}

async function servesGaps() {
  const { status, body } = await request(GAP);
  return status === 200 && body.skill_gaps[0].skill_name === 'Equipment Maintenance';
}

async function isReady() {
  const { status, body } = await request('/health/ready');
  return status === 200 && body.database === 'up' && body.redis === 'up';
}

/** Asks again and again until it is stopped; tells how often, and what went wrong. */
function probe() {
  const failures = [];
  let asked = 0;
  let stopped = false;
  const done = (async () => {
    while (!stopped) {
      asked++;
      const at = Date.now();
      const why = await servesGaps().then(
        (fine) => (fine ? null : 'another answer'),
        (error) => error.message,
      );
      if (why !== null) failures.push(`${why} at ${((at - started) / 1000).toFixed(1)} s`);
      await delay(20);
    }
  })();
  return async () => {
    stopped = true;
    await done;
    return { asked, failures };
  };
}

const adminKey = () => stack.compose('exec', '-T', 'api', 'cat', '/run/onet-skill-gap/admin-api-keys');

/** Asks for the bundled sample to be ingested under another version; returns where its job is. */
async function askForIngestion(release) {
  const headers = { Authorization: `Bearer ${adminKey()}`, 'Content-Type': 'application/json' };
  const body = JSON.stringify({ source: 'directory', path: 'sample', release });
  const answer = await request('/api/v1/admin/ingestions', { method: 'POST', headers, body });
  assert.equal(answer.status, 202, JSON.stringify(answer.body));
  return `/api/v1/jobs/${answer.body.id}`;
}

async function isServed(release) {
  return (await request(GAP)).body.release === release;
}

async function build() {
  await stack.composeAloud('build', 'api');
  await stack.composeAloud('build', 'worker');
  await stack.composeAloud('--profile', 'test', 'build', 'test');
  for (const image of ['onet-skill-gap-api:test', 'onet-skill-gap-worker:test']) {
    const { Size: size, Config: config } = JSON.parse(stack.docker('image', 'inspect', image))[0];
    const du = stack.docker('run', '--rm', '--network', 'none', '--entrypoint', 'du', image, '-sm', '/app');
    const added = Number.parseInt(du, 10);
    say(`${image}: ${(size / 1e6).toFixed(0)} MB, of which ours ${added} MB (at most ${MAX_ADDED_MB})`);
    assert.ok(added <= MAX_ADDED_MB, `${image} has grown`);
    assert.equal(config.User, 'node');
  }
}

/** That its image can run the suite; all of it takes a quarter of an hour, and is the same as anywhere else. */
async function cleanRoom() {
  await stack.composeAloud('--profile', 'test', 'run', '--rm', '-T', 'test', 'npm', 'run', 'test:unit');
}

async function bringUp() {
  await stack.composeAloud('up', '-d', '--no-build');
  await eventually('ready', isReady);
}

async function use() {
  assert.deepEqual((await request('/health')).body, { status: 'healthy' });
  assert.ok(await servesGaps());
  assert.equal((await request('/docs')).status, 200);
  assert.equal((await request('/api/v1/admin/jobs')).status, 401);
  assert.match(stack.compose('logs', '--no-color', 'ingest'), /ONLY THE BUNDLED SAMPLE IS IN SERVICE/);
}

function checkConfinement() {
  // where there are workers, an api keeps nothing
  for (const [service, mayWriteData] of [
    ['api', false],
    ['worker', true],
  ]) {
    const script =
      "const { writeFileSync: w } = require('fs'); const can = (p) => { try { w(p, ''); return true } catch { return false } };" +
      "console.log(process.getuid(), can('/app/x'), can('/run/onet-skill-gap/x'), can('/tmp/x'), can('/app/.data/x'))";
    const can = stack.compose('exec', '-T', service, 'node', '-e', script);
    assert.equal(can, `1000 false false true ${mayWriteData}`, service);
    const { Config: config } = stack.inspect(stack.containers(service)[0]);
    assert.doesNotMatch(JSON.stringify(config), new RegExp(adminKey()));
  }
}

/** The configuration of MySQL is read by a server that ends at once, since images differ in whether they read it. */
function checkMysqlConfiguration() {
  const file = '/etc/mysql/conf.d/onet-skill-gap.cnf';
  stack.compose('exec', '-T', 'mysql', 'mysqld', `--defaults-file=${file}`, '--validate-config');
}

async function ingestByTheWorker() {
  const job = await askForIngestion('30.2');
  // the proxy hands events on as they come, and ends when the job does
  const { status, body } = await request(`${job}/events`);
  assert.equal(status, 200);
  assert.match(body, /"state":"completed"/);
  await eventually('30.2 served', () => isServed('30.2'));
}

async function scale() {
  await stack.composeAloud('up', '-d', '--no-build', '--no-recreate', '--scale', 'api=2', '--scale', 'worker=2');
  const [apis, workers] = [stack.containers('api'), stack.containers('worker')];
  assert.deepEqual([apis.length, workers.length], [2, 2]);
  await eventually('requests at both apis', async () => {
    const id = `scaled-${Date.now()}`;
    await Promise.all(Array.from({ length: 20 }, () => request(GAP, { headers: { 'X-Request-Id': id } })));
    return apis.every((container) => stack.docker('logs', '--tail', '200', container).includes(id));
  });
}

async function crash(service) {
  const [container] = stack.containers(service);
  const pid = stack.crash(container);
  await eventually(`${service} back`, () => stack.isBack(container, pid));
}

async function crashes() {
  const stop = probe();
  await crash('api');
  const job = await askForIngestion('30.3');
  await crash('worker');
  await eventually('the job done in spite of the crash', async () => (await request(job)).body.state === 'completed');
  await crash('redis');
  await crash('mysql');
  await eventually('ready', isReady);
  await askForIngestion('30.4');
  await eventually('30.4 served', () => isServed('30.4'));
  const { asked, failures } = await stop();
  say(`${asked} gaps asked for meanwhile, ${failures.length} not answered`);
  assert.deepEqual(failures, []);
  await crash('nginx');
  await eventually('the proxy back', servesGaps);
}

async function backUpAndRestore() {
  const before = await request(GAP);
  const inMysql = (input, ...args) => stack.composeBytes(input, 'exec', '-T', 'mysql', 'bash', ...args);
  const restore = (input) => inMysql(input, '/opt/onet-skill-gap/restore.sh', '--replace');
  const backup = inMysql('', '/opt/onet-skill-gap/backup.sh');
  await askForIngestion('30.5');
  await eventually('30.5 served', () => isServed('30.5'));
  assert.throws(() => restore(backup), /The database is in use/);
  stack.compose('stop', 'api', 'worker');
  assert.throws(() => restore(backup.subarray(0, backup.length / 2)), /is damaged or was cut off/);
  restore(backup);
  stack.compose('exec', '-T', 'redis', 'redis-cli', 'flushall');
  await stack.composeAloud('up', '-d', '--no-build');
  await eventually('ready', isReady);
  assert.deepEqual(await request(GAP), before);
}

async function downAndUp() {
  const before = { key: adminKey(), releases: (await request('/api/v1/releases')).body };
  stack.compose('down', '--timeout', '20');
  await stack.composeAloud('up', '-d', '--no-build');
  await eventually('ready', isReady);
  assert.ok(await isServed('30.4'));
  assert.deepEqual({ key: adminKey(), releases: (await request('/api/v1/releases')).body }, before);
  assert.match(stack.compose('logs', '--no-color', 'ingest'), /A release is loaded already/);
}

const STEPS = [
  ['images', build],
  ['unit tests in the clean room of the profile test', cleanRoom],
  ['up, from nothing', bringUp],
  ['health, gaps, admin access', use],
  ['users, what may be written, no secrets about', checkConfinement],
  ['configuration of MySQL', checkMysqlConfiguration],
  ['a re-ingestion through the worker', ingestByTheWorker],
  ['two apis, two workers', scale],
  ['a crash of each: api, worker, redis, mysql, nginx', crashes],
  ['backup, and restore to before the last ingestion', backUpAndRestore],
  ['down and up again', downAndUp],
];

function takeAway() {
  say('taking everything away');
  stack.compose('down', '--volumes', '--remove-orphans', '--timeout', '5');
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    takeAway();
    process.exit(1);
  });
}

try {
  stack.docker('info');
  stack.docker('compose', 'version');
} catch (error) {
  say(`FAILED: no Docker engine with the compose plugin answers\n${error.message}`);
  process.exit(1);
}

let failed = false;
for (const [name, step] of STEPS) {
  say(`== ${name}`);
  try {
    await step();
  } catch (error) {
    failed = true;
    stack.showTrouble();
    say(`FAILED: ${name}\n${error.stack}`);
    break;
  }
}
takeAway();
say(failed ? 'FAILED' : 'all of it works');
process.exitCode = failed ? 1 : 0;
