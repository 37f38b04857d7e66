import { Injectable } from '@nestjs/common';
import { AppError } from '@app/common';

/** Each holds a connection and some 20 kB, and has the ledger asked for its job. */
const AT_MOST = 1000;

/**
 * Counts requests that wait for something slow that they are answered with: the LLM, a pull. They take no processor time,
 * so that nothing else bounds how many there are.
 */
@Injectable()
export class WaitingRequests {
  private waiting = 0;

  /**
   * Has a place for as long as an answer takes.
   *
   * @throws AppError `OVERLOADED` where there is none left
   */
  async during<T>(answer: () => Promise<T>): Promise<T> {
    if (this.waiting >= AT_MOST) {
      throw new AppError('OVERLOADED', 'Too many requests wait for something that takes long. Try again shortly.');
    }
    this.waiting++;
    try {
      return await answer();
    } finally {
      this.waiting--;
    }
  }
}
