import { Injectable } from '@nestjs/common';
import { DatabaseHealth } from '@app/database';
import { JobEngine } from '@app/jobs';

/** What the worker says about itself. */
export interface WorkerReadiness {
  readonly status: 'ready' | 'not ready' | 'draining';
  readonly database: 'up' | 'down';
  readonly redis: 'up' | 'down';
}

/** Tells whether this process can take jobs. */
@Injectable()
export class WorkerHealthService {
  private draining = false;

  constructor(
    private readonly database: DatabaseHealth,
    private readonly engine: JobEngine,
  ) {}

  /** From now on the process takes no jobs any more. */
  drain(): void {
    this.draining = true;
  }

  /** Never throws. */
  async check(): Promise<WorkerReadiness> {
    const [isUp, engine] = await Promise.all([this.database.isUp(), this.engine.state()]);
    const database = isUp ? 'up' : 'down';
    const redis = engine ?? 'down';
    if (this.draining) return { status: 'draining', database, redis };
    return { status: database === 'up' && redis === 'up' ? 'ready' : 'not ready', database, redis };
  }
}
