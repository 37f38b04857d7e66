// A gap of the LLM that is there, against the gap by level of the same pair, in turn, under the same load.
import { load, loadClient } from '../http/load.mjs';
import { startGemini } from '../support/gemini-stub.mjs';
import { startApi } from '../support/processes.mjs';
import { median } from '../support/statistics.mjs';
import { join } from 'node:path';

const PAIR = '?from=11-1011.00&to=11-3013.00';

/** @param {{ folder: string, rounds: number, seconds: number, connections: number }} options */
export async function benchCachedLlmGap({ folder, rounds, seconds, connections }) {
  const gemini = await startGemini({ latencyMs: 0 });
  const api = await startApi({ ...gemini.settings, DATABASE_URL: `sqlite:${join(folder, 'cached.sqlite')}` });
  try {
    const byLevel = `${api.url}/api/v1/skill-gap-by-lvl${PAIR}`;
    const llm = `${api.url}/api/v1/skill-gap-llm${PAIR}`;
    await demandLlm(llm);
    const calls = gemini.stub.requests.length;
    const client = await loadClient();
    const measure = (url) => load(client, url, seconds, connections);
    await measure(byLevel);
    await measure(llm);
    const results = [];
    for (let round = 0; round < rounds; round++) {
      const floor = await measure(byLevel);
      const ours = await measure(llm);
      results.push({ floor, ours, ratio: ours.p99Ms / floor.p99Ms });
    }
    if (gemini.stub.requests.length !== calls) throw new Error('the LLM was asked for what was there already');
    const middle = (side) => ({
      requestsPerSecond: median(results.map((result) => result[side].requestsPerSecond)),
      p50Ms: median(results.map((result) => result[side].p50Ms)),
      p99Ms: median(results.map((result) => result[side].p99Ms)),
    });
    const ratio = median(results.map((result) => result.ratio));
    return { client, connections, rounds, byLevel: middle('floor'), llm: middle('ours'), ratio };
  } finally {
    await api.stop();
    await gemini.stub.stop();
  }
}

async function demandLlm(url) {
  const answer = await (await fetch(url)).json();
  if (answer.assessment !== 'llm' || answer.reason !== null) throw new Error(JSON.stringify(answer).slice(0, 500));
}
