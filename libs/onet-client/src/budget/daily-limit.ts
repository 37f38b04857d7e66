import { isDuplicateKey, type UnitOfWork } from '@app/database';
import { OnetLimitedError } from '../onet-errors';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Counts the requests of all processes that share the database, up to so many a day of UTC, by the database's clock. */
export class DailyLimit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly name: string,
    private readonly limit: number,
  ) {}

  /**
   * Counts one request.
   *
   * @throws OnetLimitedError where there must be no other today
   */
  async count(): Promise<void> {
    const nowMs = await this.now();
    const day = new Date(nowMs).toISOString().slice(0, 10);
    if (await this.increase(day)) return;
    // the first of a day, or one too many
    await this.insert(day);
    if (await this.increase(day)) return;
    throw new OnetLimitedError(
      `The ${this.limit} requests to the O*NET Web Services that ONET_DAILY_REQUEST_LIMIT allows a day are used up; the ` +
        'next day begins at midnight UTC.',
      DAY_MS - (nowMs % DAY_MS),
    );
  }

  private async now(): Promise<number> {
    const statement = `SELECT ${this.unitOfWork.nowMs} AS present`;
    const [row] = await this.unitOfWork.query((manager) => manager.query<{ present: number | string }[]>(statement));
    return Number(row?.present);
  }

  private async increase(day: string): Promise<boolean> {
    const changed = await this.unitOfWork.execute(
      'UPDATE usage_counters SET count = count + 1 WHERE day = ? AND name = ? AND count < ?',
      [day, this.name, this.limit],
    );
    return changed === 1;
  }

  private async insert(day: string): Promise<void> {
    try {
      await this.unitOfWork.execute('INSERT INTO usage_counters (day, name, count) VALUES (?, ?, 0)', [day, this.name]);
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
  }
}
