// The gap endpoint against a bare node:http server that gives the same answer, in turn, under the same load.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from '../support/statistics.mjs';
import { load, loadClient } from './load.mjs';

const PAIR = '/api/v1/skill-gap-by-lvl?from=11-1011.00&to=11-3013.00';

/**
 * @param {{ url: string, folder: string, rounds: number, seconds: number, connections: number }} options
 *   `url` of the running api; `folder` for a temporary file
 */
export async function benchHttp({ url, folder, rounds, seconds, connections }) {
  const answer = join(folder, 'answer.json');
  writeFileSync(answer, await (await fetch(url + PAIR)).text());
  const client = await loadClient();
  const bare = await startBare(answer);
  try {
    const measure = (base) => load(client, base + PAIR, seconds, connections);
    await measure(bare.url);
    await measure(url);
    const results = [];
    for (let round = 0; round < rounds; round++) {
      const floor = await measure(bare.url);
      const ours = await measure(url);
      results.push({ floor, ours, ratio: ours.requestsPerSecond / floor.requestsPerSecond });
    }
    const middle = (side) => ({
      requestsPerSecond: median(results.map((result) => result[side].requestsPerSecond)),
      p50Ms: median(results.map((result) => result[side].p50Ms)),
      p99Ms: median(results.map((result) => result[side].p99Ms)),
    });
    return {
      client,
      rounds,
      connections,
      floor: middle('floor'),
      ours: middle('ours'),
      ratio: median(results.map(({ ratio }) => ratio)),
    };
  } finally {
    bare.stop();
  }
}

async function startBare(answer) {
  const script = join(dirname(fileURLToPath(import.meta.url)), 'bare-server.mjs');
  const child = spawn(process.execPath, [script, answer], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(child.stdout, 'data');
  return { url: `http://127.0.0.1:${String(port).trim()}`, stop: () => child.kill() };
}
