import { DailyCounter, type UnitOfWork } from '@app/database';
import { OnetLimitedError } from '../onet-errors';

/** Counts the requests of all processes that share the database, up to so many a day of UTC, by the database's clock. */
export class DailyLimit {
  private readonly counter: DailyCounter;

  constructor(
    unitOfWork: UnitOfWork,
    name: string,
    private readonly limit: number,
  ) {
    this.counter = new DailyCounter(unitOfWork, name, limit);
  }

  /** How many requests there may still be today. */
  left(): Promise<number> {
    return this.counter.left();
  }

  /**
   * Counts one request.
   *
   * @throws OnetLimitedError where there must be no other today
   */
  async count(): Promise<void> {
    const outcome = await this.counter.count();
    if (outcome.counted) return;
    throw new OnetLimitedError(
      `The ${this.limit} requests to the O*NET Web Services that ONET_DAILY_REQUEST_LIMIT allows a day are used up; the ` +
        'next day begins at midnight UTC.',
      outcome.dayEndsInMs,
    );
  }
}
