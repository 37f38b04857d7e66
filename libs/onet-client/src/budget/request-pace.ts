import { setTimeout as delay } from 'node:timers/promises';
import { Mutex } from 'async-mutex';
import { isDuplicateKey, type UnitOfWork } from '@app/database';
import { orAborted, pause } from '../abort';
import { OnetLimitedError } from '../onet-errors';
import { LATE_MS, reserveSlot } from './slots';

/** Times that another process may be faster before this one gives up. */
const MAX_TRIES = 100;
const LONGEST_RETRY_PAUSE_MS = 10;
/** Times that a request may miss its slot; a process that slow does not send many. */
const MAX_MISSES = 4;
const LONGEST_LEAD_MS = 1000;

/** When a request may go. */
export interface Slot {
  /** Ms since 1970, by the clock of the database. */
  readonly at: number;
  /** The same moment by `performance.now()` of this process. */
  readonly dueAt: number;
}

/** Keeps the requests of all processes that share the database to so many in any second. */
export class RequestPace {
  private readonly mutex = new Mutex();

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly name: string,
    private readonly perSecond: number,
  ) {}

  /**
   * Waits until a request may go.
   *
   * @throws the signal's reason, OnetLimitedError
   */
  async turn(signal: AbortSignal): Promise<void> {
    let leadMs = 0;
    for (let misses = 0; ; misses++) {
      const { dueAt } = await orAborted(() => this.reserve(leadMs), signal);
      const waitMs = dueAt - performance.now();
      if (waitMs > 0) await pause(waitMs, signal);
      // The statement took long, or this process was busy or frozen: now, those of later slots may be on their way too.
      const lateMs = performance.now() - dueAt;
      if (lateMs <= LATE_MS || misses === MAX_MISSES) return;
      leadMs = Math.min(2 * lateMs, LONGEST_LEAD_MS);
    }
  }

  /**
   * Reserves the next slot.
   *
   * @param leadMs how far ahead it must be at least
   * @throws OnetLimitedError where others were faster again and again
   */
  reserve(leadMs = 0): Promise<Slot> {
    // one at a time, so that only processes compete, and not the many requests of each
    return this.mutex.runExclusive(async () => {
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const slot = await this.tryToReserve(leadMs);
        if (slot !== null) return slot;
        await delay(Math.random() * LONGEST_RETRY_PAUSE_MS);
      }
      throw new OnetLimitedError('Too many processes want to ask the O*NET Web Services at the same time.', 1000);
    });
  }

  private async tryToReserve(leadMs: number): Promise<Slot | null> {
    const found = await this.read();
    const readAt = performance.now();
    if (found === null) {
      await this.insert();
      return null;
    }
    const { at, slots } = reserveSlot(found.slots, found.nowMs, leadMs, this.perSecond);
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
