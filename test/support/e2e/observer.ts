import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from './api-client';

/** An answer as it was seen at some time. */
export interface Sighting {
  readonly path: string;
  readonly status: number;
  readonly etag: string | undefined;
  readonly body: string;
}

/** What paths answer now. */
export function look(client: ApiClient, paths: readonly string[]): Promise<Sighting[]> {
  return Promise.all(
    paths.map(async (path) => {
      const answer = await client.get(path);
      return { path, status: answer.status, etag: answer.header('etag'), body: answer.body };
    }),
  );
}

/** Asks for the same paths again and again, until it is stopped. */
export class Observer {
  readonly sightings: Sighting[] = [];
  private stopped = false;
  private readonly running: Promise<void>;

  constructor(
    private readonly client: ApiClient,
    private readonly paths: readonly string[],
    private readonly everyMs: number,
  ) {
    this.running = this.observe();
    // told by stop(); until then nobody would be listening
    this.running.catch(() => undefined);
  }

  /** @throws Error where an answer was not as documented, or a request failed */
  async stop(): Promise<readonly Sighting[]> {
    this.stopped = true;
    await this.running;
    return this.sightings;
  }

  private async observe(): Promise<void> {
    while (!this.stopped) {
      const pause = sleep(this.everyMs);
      this.sightings.push(...(await look(this.client, this.paths)));
      await pause;
    }
  }
}
