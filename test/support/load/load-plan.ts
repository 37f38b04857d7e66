/** What a load generator is to do. */
export interface LoadPlan {
  /** Where, without a slash at the end. */
  readonly url: string;
  readonly path: string;
  /** Connections that are kept open, and each used for one request at a time. */
  readonly connections: number;
  readonly seconds: number;
  /**
   * Requests a second, whatever becomes of the earlier ones: one that finds no connection free waits for one, and is timed
   * from when it was due. Without it, each connection asks again as soon as it is answered.
   */
  readonly perSecond?: number;
  /** Into how many parts of the same length times are grouped; 1 by default. */
  readonly windows?: number;
}

/** What became of the requests that were due within a part of the time. */
export interface LoadWindow {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What a load generator has seen. */
export interface LoadReport {
  /** Requests that were due. */
  readonly due: number;
  /** Answers by status; each was checked to be what an answer of that status must be. */
  readonly answers: Readonly<Record<string, number>>;
  /** Answers that were not as they must be, or that never came: the first few of them, and how many. */
  readonly faults: readonly string[];
  readonly faultCount: number;
  /** Answers that had come before the time was over. */
  readonly answeredInTime: number;
  /** Answers a second, until the last one had come. */
  readonly perSecond: number;
  /** Of requests that were answered with 200, from when they were due. */
  readonly windows: readonly LoadWindow[];
  /** As {@link windows}, over all of them; and of those that were answered with 503. */
  readonly served: LoadWindow;
  readonly shed: LoadWindow;
  /** The most requests that were due and waited for a connection. */
  readonly longestQueue: number;
}
