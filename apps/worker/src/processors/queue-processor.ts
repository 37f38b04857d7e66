import { OnWorkerEvent, WorkerHost } from '@nestjs/bullmq';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { JobDelivery, type DeliveredJob } from '@app/jobs';

/** Drains one queue: whatever is delivered is run by the ledger's rules. */
@Injectable()
export abstract class QueueProcessor extends WorkerHost implements OnModuleDestroy {
  private readonly logger = new Logger(QueueProcessor.name);
  private lastError = '';

  constructor(private readonly delivery: JobDelivery) {
    super();
  }

  process(job: DeliveredJob, token?: string): Promise<void> {
    return this.delivery.deliver(job, token);
  }

  /** Takes nothing new any more; what runs is waited for, or put back, by those who run it. */
  async onModuleDestroy(): Promise<void> {
    await this.worker.pause(true);
  }

  /** Each only once in a row: while Redis is away there is one at every attempt to connect. */
  @OnWorkerEvent('error')
  onError(error: Error): void {
    const told = `${error.name}: ${error.message}`;
    if (told !== this.lastError) this.logger.warn(`Queue ${this.worker.name}: ${told}`);
    this.lastError = told;
  }

  @OnWorkerEvent('active')
  onActive(): void {
    this.lastError = '';
  }
}
