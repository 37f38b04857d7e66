import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from './api-client';
import type { Answer } from './http';
import { ADMIN_KEY } from './processes';

export const ADMIN = '/api/v1/admin';

const POLL_MS = 50;
const ENDS_WITHIN_MS = 30_000;
const FINAL = ['completed', 'failed', 'cancelled'];

/** A job as everybody sees it. */
export interface JobView {
  readonly id: string;
  readonly type: string;
  readonly state: string;
  readonly progress: { readonly stage: string; readonly done: number; readonly total: number | null } | null;
  readonly attempt: number;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly error: { readonly code: string; readonly detail: string } | null;
}

export function bearer(key: string): { readonly authorization: string } {
  return { authorization: `Bearer ${key}` };
}

/** Talks to an api process as one who has the admin key; every answer is checked as those of its client are. */
export class AdminClient {
  constructor(
    readonly client: ApiClient,
    private readonly key = ADMIN_KEY,
  ) {}

  get(path: string): Promise<Answer> {
    return this.client.get(`${ADMIN}${path}`, bearer(this.key));
  }

  /** Without a body where none is given. */
  post(path: string, body?: unknown): Promise<Answer> {
    return body === undefined
      ? this.client.send({ method: 'POST', path: `${ADMIN}${path}`, headers: bearer(this.key) })
      : this.postRaw(path, JSON.stringify(body), 'application/json');
  }

  /** With a body that may be anything. */
  postRaw(path: string, body: string, contentType: string): Promise<Answer> {
    const headers = {
      ...bearer(this.key),
      'content-type': contentType,
      'content-length': String(Buffer.byteLength(body)),
    };
    return this.client.send({ method: 'POST', path: `${ADMIN}${path}`, headers, body });
  }

  /** Asks for an ingestion; returns the id of its job. @throws Error where it is not accepted */
  async ingest(request: object): Promise<string> {
    const answer = await this.post('/ingestions', request);
    if (answer.status !== 202) throw new Error(`The ingestion was not accepted: ${answer.body}`);
    return (answer.json() as JobView).id;
  }

  async job(id: string): Promise<JobView> {
    return (await this.client.get(`/api/v1/jobs/${id}`)).json() as JobView;
  }

  /** Waits until somebody is at the job. */
  begun(id: string): Promise<JobView> {
    return this.until(id, ENDS_WITHIN_MS, ({ state }) => state === 'active');
  }

  /** Waits until whoever is at the job has told how far it is, which takes about a second. */
  underWay(id: string): Promise<JobView> {
    return this.until(id, ENDS_WITHIN_MS, ({ state, progress }) => state === 'active' && progress !== null);
  }

  /** Waits until the job is over, in whichever way. */
  ended(id: string, withinMs = ENDS_WITHIN_MS): Promise<JobView> {
    return this.until(id, withinMs, ({ state }) => FINAL.includes(state));
  }

  private async until(id: string, withinMs: number, holds: (job: JobView) => boolean): Promise<JobView> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const job = await this.job(id);
      if (holds(job)) return job;
      if (FINAL.includes(job.state)) throw new Error(`The job is over already: ${JSON.stringify(job)}`);
      if (Date.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${JSON.stringify(job)}`);
      await sleep(POLL_MS);
    }
  }
}

/** The version of the release that an api process serves. */
export async function servedVersion(client: ApiClient): Promise<string> {
  return ((await client.get('/health/ready')).json() as { release: string }).release;
}
