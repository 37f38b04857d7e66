import { createHash } from 'node:crypto';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { AppConfig } from '@app/config';
import { JobSchedules } from '@app/jobs';
import { IMPORT_RELEASE } from './import-release.job';
import { IngestionRequestsService } from './ingestion-requests.service';

const NAME = 'scheduled-ingestion';

/** Asks for an ingestion whenever `INGESTION_CRON` says so. */
@Injectable()
export class IngestionSchedule implements OnModuleInit {
  private readonly logger = new Logger(IngestionSchedule.name);

  constructor(
    @Inject(AppConfig) private readonly config: AppConfig,
    private readonly schedules: JobSchedules,
    private readonly requests: IngestionRequestsService,
  ) {}

  onModuleInit(): void {
    const cron = this.config.ingestionSchedule?.cron ?? null;
    this.schedules.add({ name: NAME, queue: IMPORT_RELEASE.queue, cron, tick: (time) => this.tick(time) });
  }

  private async tick(time: Date): Promise<void> {
    const { ingestionSchedule: schedule } = this.config;
    if (schedule === null) return;
    const payload = { ...schedule.source, onlyIfChanged: true };
    const { job, created } = await this.requests.requestOrJoin(payload, { requestedBy: 'schedule', id: tickId(time) });
    if (created) this.logger.log(`Scheduled ingestion: job ${job.id}`);
  }
}

/**
 * One and the same UUID for a tick, whichever processes ask for its job, and however often. Ticks are whole minutes; a
 * busy process may be seconds late.
 */
function tickId(time: Date): string {
  const minute = Math.floor(time.getTime() / 60_000);
  const hash = createHash('sha256').update(`${NAME} ${minute}`).digest('hex');
  const groups = [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, `a${hash.slice(17, 20)}`];
  return [...groups, hash.slice(20, 32)].join('-');
}
