import type { Reservation } from '@app/database';

/**
 * Between a request and the one that comes as many later as are allowed in a second. More than a second, since each may
 * leave up to {@link LATE_MS} late, and they take differently long to arrive: on a busy machine some 100 ms.
 */
const WINDOW_MS = 1200;

/** A request that could not leave this long after its time needs another time. */
export const LATE_MS = 40;

/** Nobody queues that far ahead: such times were written before the clock of the database was set back. */
const FARTHEST_AHEAD_MS = 10 * 60 * 1000;

/**
 * The earliest time at which a request may go, such that with all earlier ones never more than `perSecond` fall into
 * any second.
 *
 * @param slots the last so many times, separated by commas
 * @param nowMs present time; `leadMs` after it is the earliest that is wanted
 */
export function reserveSlot(slots: string, nowMs: number, leadMs: number, perSecond: number): Reservation {
  const latest = slots
    .split(',')
    .map(Number)
    .filter((time) => time > 0 && time < nowMs + FARTHEST_AHEAD_MS)
    // they are not always in order: who needs a lead reserves ahead of those who do not
    .sort((a, b) => a - b)
    .slice(-perSecond);
  const oldest = latest.length < perSecond ? undefined : latest[0];
  const at = Math.max(nowMs + Math.ceil(leadMs), (oldest ?? -Infinity) + WINDOW_MS);
  const kept = [...latest, at].sort((a, b) => a - b).slice(-perSecond);
  return { at, slots: kept.join(',') };
}
