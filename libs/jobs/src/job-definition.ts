/** What a feature says about a kind of job. */
export interface JobSettings {
  /** Stable: it is stored with every job. */
  readonly name: string;
  /** Jobs of one queue wait for each other, as far as its concurrency goes. No `:`. */
  readonly queue: string;
  /** How many times the work may fail before the job does. A process that dies does not count. */
  readonly attempts: number;
  /** Pause before the second attempt, in ms; doubled before each further one. */
  readonly backoffMs: number;
  /** Jobs of the queue that one process runs at the same time; the definitions of a queue agree on it. By default 1. */
  readonly concurrency?: number;
}

/** A kind of job. Who asks for one and who handles it share the types of its payload and its result. */
export class JobDefinition<Payload extends object = object, Result extends object = object> {
  /** For the compiler only. */
  declare protected readonly types: (payload: Payload) => Result;

  readonly name: string;
  readonly queue: string;
  readonly attempts: number;
  readonly backoffMs: number;
  readonly concurrency: number;

  constructor({ name, queue, attempts, backoffMs, concurrency = 1 }: JobSettings) {
    this.name = name;
    this.queue = queue;
    this.attempts = attempts;
    this.backoffMs = backoffMs;
    this.concurrency = concurrency;
  }

  /** Pause after the work has failed that many times, in ms. */
  pauseAfter(failures: number): number {
    return this.backoffMs * 2 ** (failures - 1);
  }
}
