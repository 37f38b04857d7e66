import { EVERYTHING, type RememberedMiss } from '@app/database';
import type { OnetSocCode } from '@app/common';
import { OnetLimitedError, OnetUnreachableError, type OnetError } from '@app/onet-client';

const PAUSE_MS = 10_000;
/** Nothing changes before somebody does something. */
const LONG_PAUSE_MS = 60_000;

/** Whom a failure concerns, and what is remembered of it. */
export function failureOf(error: OnetError, code: OnetSocCode): { readonly of: string; readonly miss: RememberedMiss } {
  const miss = (detail: string, forMs: number): RememberedMiss => ({
    reason: 'unavailable',
    detail,
    askedAt: new Date(),
    forMs,
  });
  switch (error.kind) {
    case 'not-configured':
    case 'bad-credentials': {
      const names = 'ONET_API_KEY, or ONET_USERNAME and ONET_PASSWORD';
      const detail = `The O*NET Web Services do not accept the credentials of this installation: an admin has to correct ${names}.`;
      return { of: EVERYTHING, miss: miss(detail, LONG_PAUSE_MS) };
    }
    case 'limited': {
      const pause = error instanceof OnetLimitedError ? error.retryAfterMs : 0;
      const detail = 'The O*NET Web Services must not be asked more often at present.';
      return { of: EVERYTHING, miss: miss(detail, Math.max(pause, PAUSE_MS)) };
    }
    case 'unreachable': {
      const pause = error instanceof OnetUnreachableError ? error.retryAfterMs : null;
      return { of: code, miss: miss('The O*NET Web Services do not answer.', Math.max(pause ?? 0, PAUSE_MS)) };
    }
    case 'no-data':
    case 'refused':
    case 'malformed': {
      const detail = `What the O*NET Web Services answer for ${code} cannot be used.`;
      return { of: code, miss: miss(detail, LONG_PAUSE_MS) };
    }
  }
}
