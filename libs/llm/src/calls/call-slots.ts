import type { Reservation } from '@app/database';

const MINUTE_MS = 60_000;

/** Nobody queues that far ahead: such a time was written before the clock of the database was set back. */
const FARTHEST_AHEAD_MS = 60 * MINUTE_MS;

/**
 * The earliest time for a call, such that never more than `perMinute` fall into any minute: a fifth of them may come at
 * once, the others evenly.
 *
 * @param slots when the calls so far would be through if they came evenly; empty where there was none
 * @param nowMs present time
 */
export function reserveCall(slots: string, nowMs: number, perMinute: number): Reservation {
  const atOnce = Math.max(1, Math.floor(perMinute / 5));
  const evenly = perMinute - atOnce + 1;
  const apartMs = Math.floor(MINUTE_MS / evenly) + 1;
  const through = Number(slots);
  const known = through > 0 && through < nowMs + FARTHEST_AHEAD_MS ? through : nowMs;
  const at = Math.max(nowMs, known - (atOnce - 1) * apartMs);
  return { at, slots: String(Math.max(known, at) + apartMs) };
}
