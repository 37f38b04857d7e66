import { EVERYTHING, UpstreamMissesService } from '@app/database';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { AppConfig } from '@app/config';
import { JobEngine } from '@app/jobs';
import { OnetClient, OnetError } from '@app/onet-client';

/**
 * Says once, at the start of a process that asks the Web Services, where they do not accept our credentials. Nothing waits
 * for it: a process serves what it has, whatever O*NET says.
 */
@Injectable()
export class CredentialsCheck implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('O*NET');
  private readonly stop = new AbortController();

  constructor(
    @Inject(AppConfig) private readonly config: AppConfig,
    private readonly client: OnetClient,
    private readonly engine: JobEngine,
    private readonly misses: UpstreamMissesService,
  ) {}

  onApplicationBootstrap(): void {
    if (this.client.configured && this.engine.runsJobs) void this.check();
  }

  beforeApplicationShutdown(): void {
    this.stop.abort(new Error('The process ends.'));
  }

  private async check(): Promise<void> {
    try {
      await this.client.check(this.stop.signal);
      // what was wrong before the restart may have been mended by it
      await this.misses.forget(EVERYTHING);
      this.logger.log(`The O*NET Web Services at ${this.config.onetApi?.baseUrl ?? ''} accept our credentials`);
    } catch (error) {
      if (this.stop.signal.aborted) return;
      const why = error instanceof Error ? error.message : String(error);
      if (error instanceof OnetError && error.kind === 'bad-credentials') this.logger.error(why);
      else this.logger.warn(`The O*NET Web Services could not be tried: ${why}`);
    }
  }
}
