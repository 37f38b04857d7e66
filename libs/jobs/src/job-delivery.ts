/** A job as BullMQ delivers it to a processor: as much of it as is needed here. */
export interface DeliveredJob {
  readonly id?: string | undefined;
  readonly data: unknown;
  moveToDelayed(time: number, token?: string): Promise<void>;
}

/** What the processors of a worker hand their jobs to. */
export abstract class JobDelivery {
  /**
   * Runs the job that is meant, and tells BullMQ by what is thrown what to do about it.
   *
   * @throws UnrecoverableError where the job failed, DelayedError where it is to be delivered again later, and what the
   *   work threw where BullMQ should pause and deliver it again
   */
  abstract deliver(job: DeliveredJob, token: string | undefined): Promise<void>;
}
