/** Several who watch, and watch often, cost no more than one. */
const KEPT_MS = 5000;
/** A good deal less than Prometheus waits for a page. */
const WITHIN_MS = 2500;

/**
 * Something that is looked up elsewhere when a page of metrics is made: once at a time, kept for some seconds, and not
 * waited for long. Where it cannot be had there is nothing: a page never fails or hangs for it.
 */
export class LookedUp<T> {
  private found: T | null = null;
  private foundAt = -Infinity;
  private running: Promise<void> | null = null;

  constructor(private readonly look: () => Promise<T>) {}

  /** What was found within the last seconds; null where it could not be had, or not in time. Never throws. */
  async current(): Promise<T | null> {
    if (performance.now() - this.foundAt < KEPT_MS) return this.found;
    // one that hangs goes on, and no second one is begun beside it
    this.running ??= this.attempt().finally(() => (this.running = null));
    return (await inTime(this.running)) ? this.found : null;
  }

  private async attempt(): Promise<void> {
    try {
      this.found = await this.look();
    } catch {
      // a failure is kept as well, so that what is away is not asked again at once
      this.found = null;
    }
    this.foundAt = performance.now();
  }
}

async function inTime(work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, WITHIN_MS, false);
  });
  try {
    return await Promise.race([work.then(() => true), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
