import { Injectable } from '@nestjs/common';
import type { PulledOccupation } from '@app/occupations';

type Listener = (occupation: PulledOccupation) => void;

/**
 * Tells those who wait in this very process what a pull has brought, before anything is written down. Where another
 * process pulls, the ledger tells.
 */
@Injectable()
export class FreshPulls {
  private readonly listeners = new Map<string, Set<Listener>>();

  announce(jobId: string, occupation: PulledOccupation): void {
    for (const listener of [...(this.listeners.get(jobId) ?? [])]) listener(occupation);
  }

  /** What the job brings; waits until the signal is aborted. */
  next(jobId: string, signal: AbortSignal): Promise<PulledOccupation> {
    return new Promise((resolve, reject) => {
      const listeners = this.listeners.get(jobId) ?? new Set();
      this.listeners.set(jobId, listeners);
      const done = (): void => {
        listeners.delete(listener);
        if (listeners.size === 0) this.listeners.delete(jobId);
        signal.removeEventListener('abort', stop);
      };
      const listener: Listener = (occupation) => {
        done();
        resolve(occupation);
      };
      const stop = (): void => {
        done();
        reject(signal.reason as Error);
      };
      listeners.add(listener);
      signal.addEventListener('abort', stop);
      if (signal.aborted) stop();
    });
  }
}
