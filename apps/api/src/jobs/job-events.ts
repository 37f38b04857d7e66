import { Readable } from 'node:stream';
import type { Job } from '@app/database';
import { isOver } from '@app/jobs';
import { JobDto } from './dto/job.dto';

/** What waits for a slow client, in bytes; beyond that, changes are passed over until it reads on. */
const WAITING_BYTES = 4096;
/** Proxies close connections on which nothing is heard for long. */
const KEEP_ALIVE_MS = 15_000;

/** Identifies what a client has seen last, so that one that connects again after the end can be told that it was. */
export function eventId({ state, attempt }: Pick<Job, 'state' | 'attempt'>): string {
  return `${state}-${attempt}`;
}

/** Tells whether a client that connects again has seen the end of a job already. */
export function hasSeenTheEnd(job: Job, lastEventId: unknown): boolean {
  return isOver(job) && lastEventId === eventId(job);
}

/**
 * Changes of a job as server-sent events, one named `job` for each; ends with the job. `changes` are taken as the client
 * reads: one that is slow misses some, and is told of what is then.
 */
export function jobEvents(changes: AsyncIterable<Job>, stop: AbortController): Readable {
  let goOn = (): void => undefined;
  const stream = new Readable({
    highWaterMark: WAITING_BYTES,
    read: () => {
      goOn();
    },
    destroy: (error, done) => {
      clearInterval(keepAlive);
      stop.abort();
      goOn();
      done(error);
    },
  });
  const keepAlive = setInterval(() => {
    if (stream.readableLength < WAITING_BYTES) stream.push(': still here\n\n');
  }, KEEP_ALIVE_MS).unref();
  const send = async (): Promise<void> => {
    for await (const job of changes) {
      const event = `event: job\nid: ${eventId(job)}\ndata: ${JSON.stringify(JobDto.of(job))}\n\n`;
      if (stream.destroyed) return;
      if (stream.push(event)) continue;
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
    }
    stream.push(null);
  };
  send().catch((error: unknown) => stream.destroy(error instanceof Error ? error : new Error(String(error))));
  return stream;
}
