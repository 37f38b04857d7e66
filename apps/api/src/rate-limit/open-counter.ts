import type { Logger } from 'pino';
import type { RequestCount, RequestCounter } from './request-counter';

export interface OpenCounterTimes {
  /** How long a request waits to be counted. */
  readonly waitMs: number;
  /** How often is tried whether requests can be counted again. */
  readonly retryMs: number;
}

/** A Redis nearby answers within a millisecond. */
const TIMES: OpenCounterTimes = { waitMs: 50, retryMs: 1000 };

/**
 * Counts where that is quickly done, and lets requests through uncounted where it is not: that a counter is away or hangs
 * must not be felt by anybody. After the first requests that waited in vain none waits; one a second is tried beside its
 * answer, until one is counted in time.
 */
export class OpenCounter {
  private away = false;
  private triedAt = 0;

  constructor(
    private readonly counter: RequestCounter,
    private readonly logger: Pick<Logger, 'info' | 'warn'>,
    private readonly times = TIMES,
  ) {}

  /** Null where the request cannot be counted. Never rejects. */
  count(client: string, windowMs: number): Promise<RequestCount | null> {
    if (!this.away) return this.tryToCount(client, windowMs);
    const now = performance.now();
    if (now - this.triedAt >= this.times.retryMs) {
      this.triedAt = now;
      void this.tryToCount(client, windowMs);
    }
    return Promise.resolve(null);
  }

  close(): void {
    this.counter.close();
  }

  private tryToCount(client: string, windowMs: number): Promise<RequestCount | null> {
    return new Promise((resolve) => {
      const end = (count: RequestCount | null, reason = ''): void => {
        clearTimeout(timer);
        if (ended) return;
        ended = true;
        this.tell(count !== null, reason);
        resolve(count);
      };
      let ended = false;
      const timer = setTimeout(() => {
        // where this process was busy, the answer may be there, and only not read yet
        setImmediate(() => {
          end(null, `no answer in ${this.times.waitMs} ms`);
        });
      }, this.times.waitMs);
      this.counter.count(client, windowMs).then(end, (error: unknown) => {
        end(null, error instanceof Error ? error.message : String(error));
      });
    });
  }

  /** Each change once, not every request. */
  private tell(counted: boolean, reason: string): void {
    if (counted === !this.away) return;
    this.away = !counted;
    if (counted) {
      this.logger.info('Requests are counted again');
      return;
    }
    this.triedAt = performance.now();
    this.logger.warn(`Requests are let through uncounted until Redis answers: ${reason}`);
  }
}
