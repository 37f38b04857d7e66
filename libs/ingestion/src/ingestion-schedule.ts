import { createHash } from 'node:crypto';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { AppConfig } from '@app/config';
import { JobSchedules } from '@app/jobs';
import { IMPORT_RELEASE, type ImportReleasePayload } from './import-release.job';
import { IngestionRequestsService } from './ingestion-requests.service';

/** Ingestions that nobody has to ask for. */
interface ScheduledIngestion {
  readonly name: string;
  /** Null for never. */
  readonly cron: string | null;
  readonly payload: ImportReleasePayload | null;
}

/** Asks for ingestions whenever `INGESTION_CRON` and `NORMALIZATION_CRON` say so. */
@Injectable()
export class IngestionSchedule implements OnModuleInit {
  private readonly logger = new Logger(IngestionSchedule.name);

  constructor(
    @Inject(AppConfig) private readonly config: AppConfig,
    private readonly schedules: JobSchedules,
    private readonly requests: IngestionRequestsService,
  ) {}

  onModuleInit(): void {
    const { ingestionSchedule, normalizationCron } = this.config;
    const scheduled: readonly ScheduledIngestion[] = [
      {
        name: 'scheduled-ingestion',
        cron: ingestionSchedule?.cron ?? null,
        payload: ingestionSchedule === null ? null : { ...ingestionSchedule.source, onlyIfChanged: true },
      },
      {
        name: 'scheduled-refresh',
        cron: normalizationCron,
        payload: normalizationCron === null ? null : { source: 'web_services', incremental: true },
      },
    ];
    for (const { name, cron, payload } of scheduled) {
      const tick = (time: Date): Promise<void> => this.ask(name, payload, time);
      this.schedules.add({ name, queue: IMPORT_RELEASE.queue, cron, tick });
    }
  }

  private async ask(name: string, payload: ImportReleasePayload | null, time: Date): Promise<void> {
    if (payload === null) return;
    const requester = { requestedBy: 'schedule', id: tickId(name, time) };
    const { job, created } = await this.requests.requestOrJoin(payload, requester);
    if (created) this.logger.log(`${name}: job ${job.id}`);
  }
}

/**
 * One and the same UUID for a tick, whichever processes ask for its job, and however often. Ticks are whole minutes; a
 * busy process may be seconds late.
 */
function tickId(name: string, time: Date): string {
  const minute = Math.floor(time.getTime() / 60_000);
  const hash = createHash('sha256').update(`${name} ${minute}`).digest('hex');
  const groups = [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, `a${hash.slice(17, 20)}`];
  return [...groups, hash.slice(20, 32)].join('-');
}
