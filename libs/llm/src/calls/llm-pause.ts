import { Injectable } from '@nestjs/common';
import { UpstreamMissesService } from '@app/database';
import { LlmError } from '../llm-errors';

/** Name of the LLM in the tables that keep what its use costs. */
export const LLM = 'gemini';

/** After a failure the LLM is left alone for at least that long. */
const PAUSE_MS = 60_000;
/** However long it asks to be left alone. */
const LONGEST_PAUSE_MS = 3600_000;

/** Keeps all processes from asking an LLM that has just failed. */
@Injectable()
export class LlmPause {
  constructor(private readonly misses: UpstreamMissesService) {}

  /** Why the LLM must not be asked now; null where it may be. */
  async current(): Promise<LlmError | null> {
    const miss = (await this.misses.find([LLM])).get(LLM);
    if (miss === undefined) return null;
    return new LlmError(miss.reason === 'refused' ? 'LLM_REFUSED' : 'LLM_UNAVAILABLE', miss.detail, miss.forMs);
  }

  /**
   * Begins a pause.
   *
   * @param detail why, in one sentence for everybody
   * @param refused whether no question at all is answered, rather than none for a while
   * @param wantedMs how long the LLM asks to be left alone
   * @returns how long it is, in ms
   */
  async begin(detail: string, refused: boolean, wantedMs: number | null): Promise<number> {
    const forMs = Math.min(Math.max(wantedMs ?? 0, PAUSE_MS), LONGEST_PAUSE_MS);
    await this.misses.remember(LLM, {
      reason: refused ? 'refused' : 'unavailable',
      detail,
      askedAt: new Date(),
      forMs,
    });
    return forMs;
  }
}
