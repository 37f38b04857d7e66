const LONGEST_MS = 24 * 60 * 60 * 1000;

/**
 * The pause that a `Retry-After` header asks for, in ms: seconds, or a date. Never more than a day.
 *
 * @returns null where there is none that can be read
 */
export function parseRetryAfter(header: unknown, nowMs: number): number | null {
  if (typeof header !== 'string') return null;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), LONGEST_MS);
}
