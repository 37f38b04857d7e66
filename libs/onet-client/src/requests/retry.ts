import type { Outcome } from './exchange';

const MAX_RETRIES = 3;
/** A server that hangs must not cost the timeout four times. */
const MAX_TIMEOUTS = 2;
/** The Web Services want this much before a retry; each pause is up to twice as long, and the next twice that. */
const FIRST_PAUSE_MS = 200;
/** Nobody waits longer than this inside a request. */
const LONGEST_RETRY_AFTER_MS = 5000;

/** The attempts at one request, so far. */
export interface Attempts {
  readonly made: number;
  readonly timedOut: number;
}

/**
 * How long to wait before another attempt, in ms.
 *
 * @param random from 0 to 1, so that many who failed together do not come back together
 * @returns null where there should be no other
 */
export function pauseBeforeRetry(outcome: Outcome, { made, timedOut }: Attempts, random: number): number | null {
  if (made > MAX_RETRIES) return null;
  const pauseMs = FIRST_PAUSE_MS * 2 ** (made - 1) * (1 + random);
  switch (outcome.kind) {
    case 'network':
      return pauseMs;
    case 'timeout':
      return timedOut < MAX_TIMEOUTS ? pauseMs : null;
    case 'too-large':
      return null;
    case 'answer': {
      if (outcome.status !== 429 && outcome.status < 500) return null;
      const wantedMs = outcome.retryAfterMs ?? 0;
      return wantedMs > LONGEST_RETRY_AFTER_MS ? null : Math.max(pauseMs, wantedMs);
    }
  }
}
