import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Semaphore } from 'async-mutex';
import { Cron } from 'croner';
import type { JobDefinition } from '../../job-definition';
import type { EngineKnowledge, Handover } from '../../job-engine';
import { JobRunner } from '../../job-runner';
import { JobSchedules } from '../../job-schedules';
import { LedgerOnlyEngine } from './ledger-only-engine';

/** Other processes may have written jobs down; nobody but the ledger tells of them. */
const RECONCILE_EVERY_MS = 2000;

/** Runs jobs inside this process. What waits here is lost with the process, and found again in the ledger by the next. */
@Injectable()
export class EmbeddedEngine extends LedgerOnlyEngine implements BeforeApplicationShutdown {
  override readonly runsJobs = true;
  override readonly reconcileEveryMs = RECONCILE_EVERY_MS;
  private readonly logger = new Logger(EmbeddedEngine.name);
  private readonly turns = new Map<string, Semaphore>();
  /** Jobs that wait, pause or run here. */
  private readonly pending = new Set<string>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly clocks: Cron[] = [];
  private stopped = false;

  constructor(
    private readonly runner: JobRunner,
    private readonly schedules: JobSchedules,
  ) {
    super();
  }

  override handOver(handover: Handover): Promise<void> {
    if (!this.stopped && !this.pending.has(handover.jobId)) {
      this.pending.add(handover.jobId);
      void this.process(handover);
    }
    return Promise.resolve();
  }

  override knows({ jobId }: Handover): Promise<EngineKnowledge> {
    return Promise.resolve(this.pending.has(jobId) ? 'pending' : 'unknown');
  }

  override start(): Promise<void> {
    for (const { name, cron } of this.schedules.all()) {
      if (cron === null) continue;
      const clock = new Cron(cron, { timezone: 'UTC', protect: true, unref: true }, async () => {
        try {
          await this.schedules.tick(name, clock.currentRun() ?? new Date());
        } catch (error) {
          this.logger.error(`The schedule ${name} could not be kept: ${error instanceof Error ? error.message : ''}`);
        }
      });
      this.clocks.push(clock);
    }
    return Promise.resolve();
  }

  beforeApplicationShutdown(): void {
    this.stopped = true;
    for (const clock of this.clocks) clock.stop();
    for (const timer of this.timers) clearTimeout(timer);
  }

  private async process(handover: Handover): Promise<void> {
    const outcome = await this.turnsOf(handover.definition).runExclusive(() => this.runner.run(handover.jobId));
    if (this.stopped || outcome.kind === 'over' || outcome.kind === 'failed') {
      this.pending.delete(handover.jobId);
      return;
    }
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      void this.process(handover);
    }, outcome.pauseMs).unref();
    this.timers.add(timer);
  }

  private turnsOf({ queue, concurrency }: JobDefinition): Semaphore {
    const turns = this.turns.get(queue) ?? new Semaphore(concurrency);
    this.turns.set(queue, turns);
    return turns;
  }
}
