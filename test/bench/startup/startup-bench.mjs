// How long the api takes from its start until it is ready with a loaded database, and what it then uses.
import { setTimeout as delay } from 'node:timers/promises';
import { startApi } from '../support/processes.mjs';
import { median } from '../support/statistics.mjs';

/** What a process holds right after its start is partly garbage of the start. */
const SETTLE_MS = 1000;

/** @param {{ database: string, rounds: number }} options `database`: SQLite file with an active release */
export async function benchStartup({ database, rounds }) {
  const readyMs = [];
  const residentMb = [];
  for (let round = 0; round < rounds; round++) {
    const api = await startApi({ DATABASE_URL: `sqlite:${database}` });
    readyMs.push(api.readyMs);
    await delay(SETTLE_MS);
    residentMb.push(api.residentMb());
    await api.stop();
  }
  return { rounds, readyMs: median(readyMs), residentMb: median(residentMb), residentMbMax: Math.max(...residentMb) };
}
