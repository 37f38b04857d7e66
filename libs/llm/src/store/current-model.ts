import { Inject, Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '@app/config';
import { LlmStore } from './llm-store.service';

/** How old what is known may be. */
const KNOWN_FOR_MS = 5000;

/**
 * The model that stands behind the name that is asked for: an alias moves to another one from time to time, and what the
 * earlier one said is then out of date. It is known from the last answer that any process got.
 */
@Injectable()
export class CurrentModel {
  private readonly logger = new Logger(CurrentModel.name);
  private version: string | null = null;
  private knownAt = -Infinity;
  private running: Promise<void> | null = null;

  constructor(
    @Inject(AppConfig) private readonly config: AppConfig,
    private readonly store: LlmStore,
  ) {}

  /** As far as this process knows; looks again in the background. Null where no answer is known of. */
  lastKnown(): string | null {
    if (performance.now() - this.knownAt > KNOWN_FOR_MS) {
      this.refresh().catch((error: unknown) => {
        this.logger.debug(`The model in use cannot be looked up: ${String(error)}`);
      });
    }
    return this.version;
  }

  /** As the database has it now. Null where there was no answer yet. */
  async now(): Promise<string | null> {
    // a look that is under way may have begun before the answer that whoever asks knows of
    await this.running?.catch(() => undefined);
    await this.refresh();
    return this.version;
  }

  private refresh(): Promise<void> {
    this.running ??= this.look().finally(() => (this.running = null));
    return this.running;
  }

  private async look(): Promise<void> {
    // set before: while the database is away, it is not asked for every request
    this.knownAt = performance.now();
    this.version = await this.store.lastModelVersion(this.config.llm.model);
  }
}
