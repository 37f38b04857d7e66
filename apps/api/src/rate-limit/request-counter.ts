/** How many requests there were in a window of time, this one included. */
export interface RequestCount {
  readonly current: number;
  /** How long the window still lasts, in ms. */
  readonly ttl: number;
}

/** Counts requests for all processes together. */
export interface RequestCounter {
  /** Counts one request; a window begins with the first one. */
  count(client: string, windowMs: number): Promise<RequestCount>;
  close(): void;
}
