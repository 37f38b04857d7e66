// All rated occupations of a release, assessed by a stub that takes a second for each; with the process that is at it
// killed in the middle, to see that nothing is asked for twice that was there already.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startGemini } from '../support/gemini-stub.mjs';
import { startApi, startWorker } from '../support/processes.mjs';
import { startServers } from '../support/servers.mjs';

const LATENCY_MS = 1000;
const ADMIN_KEY = 'key-for-the-benchmark';
const WITHIN_MS = 600_000;

/** @param {{ release: string, folder: string, few: boolean }} options `few`: only some, to see that it runs */
export async function benchAssessAll({ release, folder, few }) {
  const environment = {
    ONET_DATA_DIR: release,
    ADMIN_API_KEYS: ADMIN_KEY,
    LLM_CALLS_PER_MINUTE: '0',
    LLM_DAILY_CALL_LIMIT: '100000',
  };
  const codes = few ? ratedCodes(release).slice(0, 40) : undefined;
  const embedded = await assessEmbedded(environment, folder, codes);
  const distributed = await assessDistributed(environment, codes);
  return { embedded, distributed };
}

async function assessEmbedded(environment, folder, codes) {
  const gemini = await startGemini({ latencyMs: LATENCY_MS });
  const start = (name) =>
    startApi({ ...environment, ...gemini.settings, DATABASE_URL: `sqlite:${join(folder, `${name}.sqlite`)}` });
  try {
    const whole = await timed(() => start('whole'), gemini.stub, codes);
    gemini.stub.reset();
    gemini.stub.latencyMs = LATENCY_MS;
    let api = await start('killed');
    const again = async () => {
      api.kill();
      api = await start('killed');
      return api;
    };
    return { whole, killed: await interrupted(api, again, gemini.stub, codes).finally(() => api.stop()) };
  } finally {
    await gemini.stub.stop();
  }
}

async function assessDistributed(environment, codes) {
  const servers = await startServers();
  const gemini = await startGemini({ latencyMs: LATENCY_MS });
  try {
    const shared = async () => ({
      ...environment,
      ...gemini.settings,
      DATABASE_URL: await servers.database.createDatabase(),
      REDIS_URL: servers.redis.url,
    });
    const first = await shared();
    let worker = await startWorker(first);
    const whole = await timed(() => startApi(first), gemini.stub, codes).finally(() => worker.stop());
    gemini.stub.reset();
    gemini.stub.latencyMs = LATENCY_MS;
    const second = await shared();
    worker = await startWorker(second);
    const api = await startApi(second);
    const again = async () => {
      worker.kill();
      worker = await startWorker(second);
      return api;
    };
    try {
      return { engine: servers.engine, whole, killed: await interrupted(api, again, gemini.stub, codes) };
    } finally {
      await api.stop();
      await worker.stop();
    }
  } finally {
    await gemini.stub.stop();
    await servers.dispose();
  }
}

/** From the request for it until the job is done. */
async function timed(startIt, stub, codes) {
  const api = await startIt();
  try {
    const started = performance.now();
    const { assessed } = await finished(api, await request(api, codes));
    const seconds = (performance.now() - started) / 1000;
    return { assessed, seconds, calls: stub.requests.length, atOnce: stub.concurrency.max };
  } finally {
    await api.stop();
  }
}

/** As {@link timed}, with a process killed once a third is done. */
async function interrupted(api, again, stub, codes) {
  const total = codes?.length ?? Number.POSITIVE_INFINITY;
  const job = await request(api, codes);
  let progress = { done: 0, total };
  while (progress.done < progress.total / 3) {
    await delay(200);
    progress = (await jobOf(api, job)).progress ?? progress;
  }
  const running = await again();
  const { assessed } = await finished(running, job);
  // what was on its way when the process died was received, and could not be kept
  return { assessed, calls: stub.requests.length, twice: stub.requests.length - assessed };
}

async function request(api, codes) {
  const response = await fetch(`${api.url}/api/v1/admin/assessments`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(codes === undefined ? { all: true } : { codes }),
  });
  const body = await response.json();
  if (response.status !== 202) throw new Error(JSON.stringify(body));
  return body.id;
}

async function jobOf(api, id) {
  return (await fetch(`${api.url}/api/v1/jobs/${id}`)).json();
}

async function finished(api, id) {
  for (const end = Date.now() + WITHIN_MS; Date.now() < end; await delay(100)) {
    const job = await jobOf(api, id);
    if (job.state === 'completed') return { assessed: job.progress.done };
    if (job.state === 'failed' || job.state === 'cancelled') throw new Error(JSON.stringify(job));
  }
  throw new Error('the assessments were not done in time');
}

function ratedCodes(folder) {
  const lines = readFileSync(join(folder, 'Skills.txt'), 'utf8').split('\r\n').slice(1).filter(Boolean);
  return [...new Set(lines.map((line) => line.slice(0, line.indexOf('\t'))))];
}
