// The first answer for an occupation that has to be pulled, the second one, and one that needs no pull. The stub answers at
// once, so that what is left of the first answer is our own.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startApi, startWorker } from '../support/processes.mjs';
import { startServers } from '../support/servers.mjs';
import { startStub } from '../support/onet-stub.mjs';
import { percentile } from '../support/statistics.mjs';

const LOCAL = '11-1011.00';
const WITHIN_MS = 30_000;

/** @param {{ release: string, sample: string, folder: string, pulls: number }} options `release`: what the stub serves */
export async function benchPulls({ release, sample, folder, pulls }) {
  const local = new Set(ratedCodes(sample));
  const codes = ratedCodes(release).filter((code) => !local.has(code));
  if (codes.length < 2 * pulls) throw new Error(`only ${codes.length} occupations to pull`);
  const stub = await startStub(release);
  try {
    const environment = { ...stub.settings, ONET_DATA_DIR: sample, ONET_PULLS_PER_MINUTE: '0' };
    const embedded = await measureEmbedded(environment, folder, codes.slice(0, pulls));
    const distributed = await measureDistributed(environment, codes.slice(0, pulls));
    return { pulls, embedded, distributed };
  } finally {
    await stub.stop();
  }
}

async function measureEmbedded(environment, folder, codes) {
  const api = await startApi({ ...environment, DATABASE_URL: `sqlite:${join(folder, 'pulls.sqlite')}` });
  try {
    return await measure(api.url, codes);
  } finally {
    await api.stop();
  }
}

async function measureDistributed(environment, codes) {
  const servers = await startServers();
  try {
    const shared = {
      ...environment,
      DATABASE_URL: await servers.database.createDatabase(),
      REDIS_URL: servers.redis.url,
      ADMIN_API_KEYS: 'key-for-the-benchmark',
    };
    const api = await startApi(shared);
    const worker = await startWorker(shared);
    try {
      return { engine: servers.engine, ...(await measure(api.url, codes)) };
    } finally {
      await worker.stop();
      await api.stop();
    }
  } finally {
    await servers.dispose();
  }
}

async function measure(url, codes) {
  const gap = (to) => `${url}/api/v1/skill-gap-by-lvl?from=${LOCAL}&to=${to}`;
  const timed = async (address) => {
    const started = performance.now();
    const response = await fetch(address, { signal: AbortSignal.timeout(WITHIN_MS) });
    const body = await response.text();
    if (response.status !== 200) throw new Error(`${response.status} ${body}`);
    return performance.now() - started;
  };
  // connections, code and the list of tables are there from the second pull on
  await timed(gap(codes[0]));
  const [first, second, local] = [[], [], []];
  for (const code of codes.slice(1)) {
    first.push(await timed(gap(code)));
    second.push(await timed(gap(code)));
    local.push(await timed(gap(LOCAL)));
  }
  const of = (times) => ({ p50Ms: percentile(times, 0.5), maxMs: Math.max(...times) });
  return { first: of(first), second: of(second), local: of(local) };
}

function ratedCodes(folder) {
  const lines = readFileSync(join(folder, 'Skills.txt'), 'utf8').split('\r\n').slice(1).filter(Boolean);
  return [...new Set(lines.map((line) => line.slice(0, line.indexOf('\t'))))];
}
