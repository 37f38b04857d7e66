import type { Job } from '@app/database';
import type { JobDefinition } from './job-definition';

/** A job as an engine gets it: enough to find it in the ledger again, under a name of its own for each handing over. */
export interface Handover {
  readonly jobId: string;
  /** Unique in the engine; no `:`. */
  readonly name: string;
  readonly definition: JobDefinition;
}

export function handoverOf({ id, handover }: Pick<Job, 'id' | 'handover'>, definition: JobDefinition): Handover {
  return { jobId: id, name: `${id}-${handover}`, definition };
}

/** How the engine stands to a job that was handed over. */
export type EngineKnowledge =
  /** It will run it, or is running it. */
  | 'pending'
  /** It was done with it. */
  | 'over'
  | 'unknown';

/**
 * What brings jobs to those that run them. It may forget everything at any time: what is to be done stands in the ledger,
 * and whatever the engine does not know is handed over again.
 */
export abstract class JobEngine {
  /** Whether this process runs jobs that others asked for. */
  abstract readonly runsJobs: boolean;

  /** How often to look for jobs that the engine does not know of, in ms. */
  abstract readonly reconcileEveryMs: number;

  /** Takes a job over, to be run as soon as there is room. Repeating it changes nothing. @throws Error when away */
  abstract handOver(handover: Handover): Promise<void>;

  abstract knows(handover: Handover): Promise<EngineKnowledge>;

  /** Forgets a job that waits. */
  abstract forget(handover: Handover): Promise<void>;

  /** Begins to run jobs and schedules, where this process is one that does. */
  abstract start(): Promise<void>;

  /** Makes sure that schedules are kept. @throws Error when away */
  abstract keepSchedules(): Promise<void>;

  /** The engine's own queues, for a dashboard that knows such; empty where it has none. */
  abstract queues(): readonly object[];

  /** State of the server that the engine needs; null where it needs none. Never throws. */
  abstract state(): Promise<'up' | 'down' | null>;
}
