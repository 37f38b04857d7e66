import { DelayedError, UnrecoverableError } from 'bullmq';
import { JobDelivery, type DeliveredJob } from '../../job-delivery';
import type { JobRunner } from '../../job-runner';
import type { JobSchedules } from '../../job-schedules';
import type { JobReference, TickReference } from './bullmq-engine';

/** Least pause before a job is delivered again: what is put back with none would be fetched by the same worker at once. */
const MIN_PAUSE_MS = 100;

/** Leads from what BullMQ delivers to the ledger, and from what the ledger says back to what BullMQ should do. */
export class BullmqDelivery extends JobDelivery {
  constructor(
    private readonly runner: JobRunner,
    private readonly schedules: JobSchedules,
  ) {
    super();
  }

  async deliver(job: DeliveredJob, token: string | undefined): Promise<void> {
    const reference = job.data as JobReference | TickReference;
    if ('schedule' in reference) {
      await this.schedules.tick(reference.schedule, tickTime(job.id));
      return;
    }
    const outcome = await this.runner.run(reference.job_id);
    switch (outcome.kind) {
      case 'over':
        return;
      case 'failed':
        throw new UnrecoverableError(outcome.error instanceof Error ? outcome.error.message : String(outcome.error));
      case 'repeat':
        throw outcome.error;
      case 'later':
        await job.moveToDelayed(Date.now() + Math.max(outcome.pauseMs, MIN_PAUSE_MS), token);
        throw new DelayedError();
    }
  }
}

/** BullMQ names a tick `repeat:<schedule>:<ms since 1970>`. */
function tickTime(id: string | undefined): Date {
  const time = Number(id?.split(':').at(-1));
  return new Date(Number.isFinite(time) ? time : Date.now());
}
