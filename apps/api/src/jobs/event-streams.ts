import { Injectable } from '@nestjs/common';
import { AppError } from '@app/common';

/** Of one process: each is a connection, and a part of the query that asks how far the jobs are. */
export const MAX_STREAMS = 500;
/** Of one client; browsers keep to six connections for each server. */
export const MAX_STREAMS_OF_CLIENT = 20;

/** Streams end with their jobs, which take minutes. */
const RETRY_AFTER_SECONDS = 30;

/** Bounds how many streams of events are open at the same time. */
@Injectable()
export class EventStreams {
  private readonly byClient = new Map<string, number>();
  private open = 0;

  /**
   * Takes one of the streams that a client may have.
   *
   * @returns what gives it back
   * @throws AppError `RATE_LIMITED` where the client has enough of them, `OVERLOADED` where all clients together have
   */
  take(client: string): () => void {
    const ofClient = this.byClient.get(client) ?? 0;
    if (ofClient >= MAX_STREAMS_OF_CLIENT) {
      const detail = `One client may follow ${MAX_STREAMS_OF_CLIENT} jobs at the same time.`;
      throw new AppError('RATE_LIMITED', detail, [], { retryAfterSeconds: RETRY_AFTER_SECONDS });
    }
    if (this.open >= MAX_STREAMS) {
      const detail = 'This process cannot have more jobs followed at the moment. Ask for the job itself.';
      throw new AppError('OVERLOADED', detail, [], { retryAfterSeconds: RETRY_AFTER_SECONDS });
    }
    this.byClient.set(client, ofClient + 1);
    this.open++;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.open--;
      const left = (this.byClient.get(client) ?? 1) - 1;
      if (left === 0) this.byClient.delete(client);
      else this.byClient.set(client, left);
    };
  }
}
