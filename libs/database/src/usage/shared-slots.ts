import { setTimeout as delay } from 'node:timers/promises';
import { Mutex } from 'async-mutex';
import { isDuplicateKey } from '../database-errors';
import type { UnitOfWork } from '../unit-of-work';

/** Times that another process may be faster before this one gives up. */
const MAX_TRIES = 100;
const LONGEST_RETRY_PAUSE_MS = 10;

/** A time for something, and how the slots are to be kept with it. */
export interface Reservation {
  /** Ms since 1970, by the clock of the database. */
  readonly at: number;
  /** What is kept of the times that were given; at most 255 ASCII characters. */
  readonly slots: string;
}

/** When something may be done. */
export interface Slot {
  /** Ms since 1970, by the clock of the database. */
  readonly at: number;
  /** The same moment by `performance.now()` of this process. */
  readonly dueAt: number;
}

/** Gives out times at which something may be done, one after the other, to all processes that share the database. */
export class SharedSlots {
  private readonly mutex = new Mutex();

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly name: string,
  ) {}

  /**
   * Reserves a time.
   *
   * @param next finds it, from what was kept of those before (at first nothing) and the present time
   * @returns null where other processes were faster again and again
   */
  reserve(next: (slots: string, nowMs: number) => Reservation): Promise<Slot | null> {
    // one at a time, so that only processes compete, and not the many requests of each
    return this.mutex.runExclusive(async () => {
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const slot = await this.tryToReserve(next);
        if (slot !== null) return slot;
        await delay(Math.random() * LONGEST_RETRY_PAUSE_MS);
      }
      return null;
    });
  }

  private async tryToReserve(next: (slots: string, nowMs: number) => Reservation): Promise<Slot | null> {
    const found = await this.read();
    const readAt = performance.now();
    if (found === null) {
      await this.insert();
      return null;
    }
    const { at, slots } = next(found.slots, found.nowMs);
    const changed = await this.unitOfWork.execute('UPDATE upstream_pace SET slots = ? WHERE name = ? AND slots = ?', [
      slots,
      this.name,
      found.slots,
    ]);
    return changed === 1 ? { at, dueAt: readAt + at - found.nowMs } : null;
  }

  private async read(): Promise<{ slots: string; nowMs: number } | null> {
    const statement = `SELECT slots, ${this.unitOfWork.nowMs} AS present FROM upstream_pace WHERE name = ?`;
    const [row] = await this.unitOfWork.query((manager) =>
      manager.query<{ slots: string; present: number | string }[]>(statement, [this.name]),
    );
    return row === undefined ? null : { slots: row.slots, nowMs: Number(row.present) };
  }

  private async insert(): Promise<void> {
    try {
      await this.unitOfWork.execute("INSERT INTO upstream_pace (name, slots) VALUES (?, '')", [this.name]);
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
  }
}
