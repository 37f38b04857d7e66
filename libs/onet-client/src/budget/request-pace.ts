import { orAborted, pause } from '@app/common';
import { SharedSlots, type Slot, type UnitOfWork } from '@app/database';
import { OnetLimitedError } from '../onet-errors';
import { LATE_MS, reserveSlot } from './slots';

/** Times that a request may miss its slot; a process that slow does not send many. */
const MAX_MISSES = 4;
const LONGEST_LEAD_MS = 1000;

/** Keeps the requests of all processes that share the database to so many in any second. */
export class RequestPace {
  private readonly slots: SharedSlots;

  constructor(
    unitOfWork: UnitOfWork,
    name: string,
    private readonly perSecond: number,
  ) {
    this.slots = new SharedSlots(unitOfWork, name);
  }

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
  async reserve(leadMs = 0): Promise<Slot> {
    const slot = await this.slots.reserve((slots, nowMs) => reserveSlot(slots, nowMs, leadMs, this.perSecond));
    if (slot !== null) return slot;
    throw new OnetLimitedError('Too many processes want to ask the O*NET Web Services at the same time.', 1000);
  }
}
