import { Injectable } from '@nestjs/common';
import { AppError } from '@app/common';
import { DatabaseHealth } from '@app/database';
import { JobEngine } from '@app/jobs';
import { SnapshotStore } from '@app/occupations';
import type { ReadinessDto } from './dto/health.dto';

/** Tells whether this process should be sent requests. */
@Injectable()
export class ReadinessService {
  private draining = false;

  constructor(
    private readonly snapshots: SnapshotStore,
    private readonly database: DatabaseHealth,
    private readonly engine: JobEngine,
  ) {}

  get isDraining(): boolean {
    return this.draining;
  }

  /** From now on the process is not ready: it finishes what it has and ends. */
  drain(): void {
    this.draining = true;
  }

  /** @throws AppError `NOT_READY` */
  async check(): Promise<ReadinessDto> {
    if (this.draining) throw new AppError('NOT_READY', 'This process is shutting down.');
    const [isUp, redis] = await Promise.all([this.database.isUp(), this.engine.state()]);
    const database = isUp ? 'up' : 'down';
    const snapshot = this.snapshots.current();
    if (snapshot === null) {
      throw new AppError('NOT_READY', `No O*NET release is loaded yet; the database is ${database}.`);
    }
    return { status: 'ready', release: snapshot.release.version, database, redis: redis ?? 'not configured' };
  }
}
