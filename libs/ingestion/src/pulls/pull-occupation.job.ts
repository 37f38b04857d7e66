import type { OnetSocCode } from '@app/common';
import { JobDefinition } from '@app/jobs';
import type { PulledTable } from '@app/normalization';
import type { PulledOccupation } from '@app/occupations';

export interface PullPayload {
  readonly code: OnetSocCode;
}

/** What a pull came to; while it is being stored, the first of these is what whoever waits is answered from. */
export type PullResult =
  | { readonly outcome: 'pulled'; readonly occupation: PulledOccupation; readonly tables: readonly PulledTable[] }
  | { readonly outcome: 'stored'; readonly code: OnetSocCode; readonly ratings: number }
  | {
      readonly outcome: 'unknown' | 'not_rated' | 'incomplete';
      readonly code: OnetSocCode;
      /** One sentence for clients. */
      readonly detail: string;
    };

/** Pulls one occupation from the Web Services, to be served where the release in service has none. */
export const PULL_OCCUPATION = new JobDefinition<PullPayload, PullResult>({
  name: 'pull-occupation',
  queue: 'onet',
  attempts: 3,
  backoffMs: 1000,
  // they wait for the network most of the time; how often O*NET may be asked is kept elsewhere
  concurrency: 10,
});

/** What two requests for the same occupation have in common. */
export function pullSubject(code: OnetSocCode): string {
  return `occupation ${code}`;
}
