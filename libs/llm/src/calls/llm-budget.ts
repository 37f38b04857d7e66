import { Inject, Injectable } from '@nestjs/common';
import { orAborted, pause } from '@app/common';
import { AppConfig } from '@app/config';
import { DailyCounter, SharedSlots, UnitOfWork } from '@app/database';
import { LlmError } from '../llm-errors';
import { reserveCall } from './call-slots';
import { LLM } from './llm-pause';

/**
 * How much the LLM may be asked: so many calls in any minute and so many a day, over all processes that share the
 * database. Not to be used inside a unit of work.
 */
@Injectable()
export class LlmBudget {
  private readonly day: DailyCounter;
  private readonly slots: SharedSlots;
  private readonly perMinute: number;
  private readonly perDay: number;

  constructor(@Inject(AppConfig) { llm }: AppConfig, unitOfWork: UnitOfWork) {
    this.perMinute = llm.callsPerMinute;
    this.perDay = llm.callsPerDay;
    this.day = new DailyCounter(unitOfWork, LLM, llm.callsPerDay);
    this.slots = new SharedSlots(unitOfWork, LLM);
  }

  /** How many calls there may still be today. */
  left(): Promise<number> {
    return this.day.left();
  }

  /** Why there must be no other call today; null where there may be. */
  async exhausted(): Promise<LlmError | null> {
    return (await this.left()) > 0 ? null : this.usedUp(null);
  }

  /**
   * Counts a call, and waits until it may go. One that is called off while it waits stays counted.
   *
   * @throws LlmError `LLM_BUDGET_USED_UP`; the signal's reason; the error of the database where it is away
   */
  async take(signal: AbortSignal): Promise<void> {
    const outcome = await orAborted(() => this.day.count(), signal);
    if (!outcome.counted) throw this.usedUp(outcome.dayEndsInMs);
    if (this.perMinute === 0) return;
    const slot = await orAborted(
      () => this.slots.reserve((slots, now) => reserveCall(slots, now, this.perMinute)),
      signal,
    );
    if (slot === null) {
      throw new LlmError('LLM_UNAVAILABLE', 'Too many processes want to ask the LLM at the same time.', 1000);
    }
    const waitMs = slot.dueAt - performance.now();
    if (waitMs > 0) await pause(waitMs, signal);
  }

  private usedUp(retryAfterMs: number | null): LlmError {
    return new LlmError(
      'LLM_BUDGET_USED_UP',
      `The ${this.perDay} calls of the LLM that LLM_DAILY_CALL_LIMIT allows a day are used up; the next day begins at ` +
        'midnight UTC.',
      retryAfterMs,
    );
  }
}
