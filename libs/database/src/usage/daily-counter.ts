import { isDuplicateKey } from '../database-errors';
import type { UnitOfWork } from '../unit-of-work';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Whether something was counted, or the day is used up. */
export type CountOutcome =
  | { readonly counted: true }
  /** With how long the day still lasts. */
  | { readonly counted: false; readonly dayEndsInMs: number };

/**
 * Counts what costs quota, up to so often a day of UTC, over all processes that share the database and by its clock. Not
 * to be used inside a unit of work.
 */
export class DailyCounter {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly name: string,
    private readonly limit: number,
  ) {}

  /** Counts one, where there may be another today. */
  async count(): Promise<CountOutcome> {
    const nowMs = await this.now();
    const day = dayOf(nowMs);
    if (await this.increase(day)) return { counted: true };
    // the first of a day, or one too many
    await this.insert(day);
    if (await this.increase(day)) return { counted: true };
    return { counted: false, dayEndsInMs: DAY_MS - (nowMs % DAY_MS) };
  }

  /** How many there may still be today. */
  async left(): Promise<number> {
    const day = dayOf(await this.now());
    const [row] = await this.unitOfWork.query((manager) =>
      manager.query<{ count: number | string }[]>('SELECT count FROM usage_counters WHERE day = ? AND name = ?', [
        day,
        this.name,
      ]),
    );
    return Math.max(0, this.limit - Number(row?.count ?? 0));
  }

  private now(): Promise<number> {
    return this.unitOfWork.query((manager) => this.unitOfWork.now(manager));
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

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
