import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from '@app/database';
import { handoverOf, JobEngine } from './job-engine';
import { JobLedger } from './job-ledger';
import { JobRegistry } from './job-registry';

const JOBS_A_ROUND = 500;
const KEPT_MS = 30 * 24 * 3600_000;
const PURGE_EVERY_MS = 3600_000;

/**
 * Brings the engine to what the ledger says, at the start and every few seconds: jobs that wait, or whose process is gone,
 * and that the engine does not know of are handed over again. So the engine may lose whatever it likes.
 */
@Injectable()
export class JobReconciler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(JobReconciler.name);
  private timer: NodeJS.Timeout | null = null;
  private round: Promise<void> | null = null;
  private failing = false;
  private purgedAt = 0;
  private lastSeen: Job | null = null;

  constructor(
    private readonly ledger: JobLedger,
    private readonly registry: JobRegistry,
    private readonly engine: JobEngine,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.engine.start();
    this.timer = setInterval(() => void this.reconcile(), this.engine.reconcileEveryMs).unref();
    void this.reconcile();
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    await this.round;
  }

  /** One round; never throws. Rounds do not overlap. */
  reconcile(): Promise<void> {
    this.round ??= this.attempt().finally(() => (this.round = null));
    return this.round;
  }

  private async attempt(): Promise<void> {
    try {
      await this.ledger.endOrphans();
      await this.handOverAbandoned();
      await this.engine.keepSchedules();
      await this.purge();
      if (this.failing) this.logger.log('Jobs are looked after again');
      this.failing = false;
    } catch (error) {
      if (!this.failing) {
        const why = error instanceof Error ? error.message : String(error);
        this.logger.warn(`Cannot look after jobs, and goes on trying: ${why}`);
      }
      this.failing = true;
    }
  }

  private async handOverAbandoned(): Promise<void> {
    const jobs = await this.ledger.findAbandoned(JOBS_A_ROUND, this.lastSeen);
    // however many wait, each is looked at within a few rounds
    this.lastSeen = jobs.length < JOBS_A_ROUND ? null : (jobs.at(-1) ?? null);
    for (const job of jobs) {
      const definition = this.registry.find(job.type)?.definition;
      // of a newer version of the application, perhaps: for those to run that know it
      if (definition === undefined) continue;
      const knowledge = await this.engine.knows(handoverOf(job, definition));
      if (knowledge === 'pending') continue;
      if (knowledge === 'unknown') await this.engine.handOver(handoverOf(job, definition));
      else if (await this.ledger.renameHandover(job)) {
        await this.engine.handOver(handoverOf({ id: job.id, handover: job.handover + 1 }, definition));
      }
    }
  }

  private async purge(): Promise<void> {
    if (Date.now() - this.purgedAt < PURGE_EVERY_MS) return;
    this.purgedAt = Date.now();
    await this.ledger.purge(new Date(Date.now() - KEPT_MS));
  }
}
