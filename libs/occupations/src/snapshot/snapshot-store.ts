import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { AppError } from '@app/common';
import type { PulledOccupation } from './overlay';
import { ReleaseSnapshot } from './release-snapshot';
import { SnapshotLoader } from './snapshot-loader';

const POLL_MS = 1000;

/** How long an occupation is served that was pulled and never seen in the database. */
const FRESH_FOR_MS = 3600_000;

/** An occupation that this process knows of before the database has it. */
interface FreshOccupation {
  readonly pulled: PulledOccupation;
  /** By the clock of this process. */
  readonly adoptedAt: number;
}

/** Holds the snapshot that requests are answered from, and replaces it when another release is activated. */
@Injectable()
export class SnapshotStore implements BeforeApplicationShutdown {
  private readonly logger = new Logger(SnapshotStore.name);
  /** What is served, as the database has it. */
  private stored: ReleaseSnapshot | null = null;
  /** The same with {@link fresh}. */
  private snapshot: ReleaseSnapshot | null = null;
  private fresh: readonly FreshOccupation[] = [];
  private running: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private failing = false;
  /** By the clock that never goes back, in ms. */
  private loadedAt = 0;
  private confirmedAt = 0;

  constructor(private readonly loader: SnapshotLoader) {}

  /** The snapshot in service, or `null` while there is none. */
  current(): ReleaseSnapshot | null {
    return this.snapshot;
  }

  /** Seconds since the snapshot in service was loaded, and since it was last seen to be what the database has. */
  ages(): { readonly loaded: number; readonly confirmed: number } | null {
    if (this.stored === null) return null;
    const now = performance.now();
    return { loaded: (now - this.loadedAt) / 1000, confirmed: (now - this.confirmedAt) / 1000 };
  }

  /** The snapshot in service. @throws AppError `NOT_READY` while there is none. */
  require(): ReleaseSnapshot {
    if (this.snapshot === null) throw new AppError('NOT_READY', 'No O*NET release is loaded yet. Try again shortly.');
    return this.snapshot;
  }

  /** Loads the active release if it is not the one held. Calls at the same time share one load. */
  refresh(): Promise<void> {
    this.running ??= this.load().finally(() => (this.running = null));
    return this.running;
  }

  /** Loads the active release and follows it from now on. */
  async follow(): Promise<void> {
    await this.refresh();
    this.timer = setInterval(() => void this.poll(), POLL_MS);
    this.timer.unref();
  }

  /** As {@link refresh}, with a look that sees whatever was changed before this call. */
  async catchUp(): Promise<void> {
    // a load that is under way may have looked before the change
    await this.running?.catch(() => undefined);
    await this.refresh();
  }

  /** To be called after this process changed what is served, so that it need not wait for the next poll. */
  async changed(): Promise<void> {
    if (this.timer !== null) await this.poll(() => this.catchUp());
  }

  /**
   * Serves an occupation that was pulled, before it is stored and whatever becomes of that. Where it is stored, the
   * database's own takes over.
   */
  adopt(pulled: PulledOccupation): void {
    if (this.stored === null || isAmong(this.stored.pulled, pulled)) return;
    const others = this.fresh.filter(({ pulled: { code } }) => code !== pulled.code);
    this.fresh = [...others, { pulled, adoptedAt: Date.now() }];
    this.serve(this.stored);
  }

  beforeApplicationShutdown(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  private async poll(look = (): Promise<void> => this.refresh()): Promise<void> {
    try {
      await look();
      if (this.failing) this.logger.log('The database answers again');
      this.failing = false;
    } catch (error) {
      if (!this.failing) {
        this.logger.warn(
          `Cannot look for a newer release; answers go on from memory: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
      this.failing = true;
    }
  }

  private async load(): Promise<void> {
    this.expire();
    const served = await this.loader.served();
    const held = this.stored;
    if (held !== null && held.release.id === served.releaseId && held.revision === served.revision) {
      this.confirmedAt = performance.now();
      return;
    }
    const snapshot = await this.loader.load(held?.content ?? null);
    if (snapshot === null) return;
    const sameRelease = held?.release.id === snapshot.release.id;
    this.fresh = sameRelease ? this.fresh.filter(({ pulled }) => !isAmong(snapshot.pulled, pulled)) : [];
    this.serve(snapshot);
    this.loadedAt = this.confirmedAt = performance.now();
    if (sameRelease) {
      this.logger.debug(`${snapshot.pulled.length} occupations are served from what was pulled`);
      return;
    }
    this.logger.log(
      `Serving O*NET release ${snapshot.release.version} (${snapshot.release.label}), ` +
        `${snapshot.occupations.length} occupations, revision ${snapshot.revision}`,
    );
  }

  /** Lets go of what never came to be in the database. */
  private expire(): void {
    const since = Date.now() - FRESH_FOR_MS;
    const kept = this.fresh.filter(({ adoptedAt }) => adoptedAt > since);
    if (this.stored === null || kept.length === this.fresh.length) return;
    this.fresh = kept;
    this.serve(this.stored);
  }

  /** @param stored what the database has */
  private serve(stored: ReleaseSnapshot): void {
    const { content, revision, pulled } = stored;
    const fresh = this.fresh.map((occupation) => occupation.pulled);
    this.stored = stored;
    this.snapshot = fresh.length === 0 ? stored : new ReleaseSnapshot(content, { revision, pulled, fresh });
  }
}

/** Whether the database has this pull of the occupation, or a later one. */
function isAmong(stored: readonly PulledOccupation[], { code, pulledAt }: PulledOccupation): boolean {
  return stored.some((occupation) => occupation.code === code && occupation.pulledAt >= pulledAt);
}
