import { Readable } from 'node:stream';
import type { Job } from '@app/database';
import { isOver } from '@app/jobs';
import { JobDto } from './dto/job.dto';

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

/** Changes of a job as server-sent events, one named `job` for each; ends with the job. */
export function jobEvents(changes: AsyncIterable<Job>, stop: AbortController): Readable {
  const stream = new Readable({
    read: () => undefined,
    destroy: (error, done) => {
      clearInterval(keepAlive);
      stop.abort();
      done(error);
    },
  });
  const keepAlive = setInterval(() => stream.push(': still here\n\n'), KEEP_ALIVE_MS).unref();
  const send = async (): Promise<void> => {
    for await (const job of changes) {
      stream.push(`event: job\nid: ${eventId(job)}\ndata: ${JSON.stringify(JobDto.of(job))}\n\n`);
    }
    stream.push(null);
  };
  send().catch((error: unknown) => stream.destroy(error instanceof Error ? error : new Error(String(error))));
  return stream;
}
