import { setTimeout as sleep } from 'node:timers/promises';
import type { AdminClient, JobView } from '../e2e/admin-client';
import type { Answer } from '../e2e/http';
import { problemOf } from '../e2e/problems';

const POLL_MS = 200;

/** Asks for ingestions as a client should: what is answered with 503 is asked again when `Retry-After` says so. */
export class PersistentAdmin {
  /** Requests that were answered with 503. */
  refused = 0;

  constructor(private readonly admin: AdminClient) {}

  /**
   * Returns the id of the job, which may have been accepted by an earlier request whose answer was 503.
   *
   * @throws Error where it is not accepted in time
   */
  async ingest(version: string, withinMs: number): Promise<string> {
    const answer = await this.retried(
      () => this.admin.post('/ingestions', { source: 'directory', path: version }),
      withinMs,
    );
    if (answer.status === 202) return (answer.json() as JobView).id;
    const jobId = answer.status === 409 ? problemOf(answer).job_id : undefined;
    if (jobId === undefined) throw new Error(`Not accepted: ${answer.status} ${answer.body}`);
    return jobId;
  }

  /** Waits until a job is in one of these states. @throws Error where it is not in time */
  async until(id: string, states: readonly string[], withinMs: number): Promise<JobView> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const answer = await this.retried(() => this.admin.client.get(`/api/v1/jobs/${id}`), withinMs);
      const job = answer.json() as JobView;
      if (states.includes(job.state)) return job;
      if (Date.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${answer.body}`);
      await sleep(POLL_MS);
    }
  }

  private async retried(request: () => Promise<Answer>, withinMs: number): Promise<Answer> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const answer = await request();
      if (answer.status !== 503) return answer;
      this.refused++;
      const seconds = Number(answer.header('retry-after'));
      if (!(seconds > 0)) throw new Error(`503 without a usable Retry-After: ${answer.body}`);
      if (Date.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${answer.body}`);
      await sleep(seconds * 1000);
    }
  }
}
