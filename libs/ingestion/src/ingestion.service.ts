import { createHash, randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { AppError } from '@app/common';
import {
  DatabaseUnavailableError,
  Ingestion,
  isDatabaseUnavailable,
  LockService,
  Release,
  UnitOfWork,
  type TableCounts,
} from '@app/database';
import {
  ActivationService,
  NormalizationService,
  RetentionService,
  type NormalisationResult,
  type ProgressListener,
} from '@app/normalization';
import { summariseRejections, type IngestionReport } from './ingestion-report';
import { LandingService, type LandedFile } from './landing.service';
import { openReleaseSource } from './sources/open-release-source';
import type { ReleaseSource } from './sources/release-source';
import { releaseTables, type ReleaseTable } from './text/release-tables';
import { checkVersion, versionFromChecksum, versionFromName } from './text/release-version';

/** A text release to be ingested. */
export interface IngestionRequest {
  /** Folder or .zip. */
  readonly path: string;
  /** Version of the release, where the name of the folder or archive does not tell it. */
  readonly version?: string | undefined;
  /** What the release is called in lists; by default after the folder or archive. */
  readonly label?: string | undefined;
  /** Activate the release even if the quality checks object. */
  readonly activateAnyway?: boolean | undefined;
}

export interface IngestionControl {
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
}

/** Takes a release from its source to being served. */
@Injectable()
export class IngestionService {
  private readonly logger = new Logger(IngestionService.name);

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly locks: LockService,
    private readonly landing: LandingService,
    private readonly normalization: NormalizationService,
    private readonly activation: ActivationService,
    private readonly retention: RetentionService,
  ) {}

  /**
   * Ingests a text release. Whatever goes wrong, the release that was active stays active and whole.
   *
   * @throws AppError `CONFLICT` where another process is ingesting into the same database
   * @throws ReleaseUnusableError where no release can be made of the source
   */
  async ingest(request: IngestionRequest, control: IngestionControl): Promise<IngestionReport> {
    const report = await this.locks.tryWithLock('ingestion', () => this.ingestLocked(request, control));
    if (report === null) {
      throw new AppError('CONFLICT', 'Another ingestion is running on this database. Try again when it is done.');
    }
    return report;
  }

  /** As {@link ingest}, for a caller that holds the ingestion lock. */
  async ingestLocked(request: IngestionRequest, control: IngestionControl): Promise<IngestionReport> {
    const version = request.version === undefined ? null : checkVersion(request.version);
    const source = await openReleaseSource(request.path);
    try {
      const tables = releaseTables(source);
      await this.retention.giveUpLeftovers();
      return await this.run(request, version ?? versionFromName(source.name), source, tables, control);
    } finally {
      source.close();
    }
  }

  private async run(
    request: IngestionRequest,
    givenVersion: string | null,
    source: ReleaseSource,
    tables: readonly ReleaseTable[],
    control: IngestionControl,
  ): Promise<IngestionReport> {
    const started = performance.now();
    const ingestionId = randomUUID();
    const label = request.label ?? `text release from ${source.name}`;
    const releaseId = await this.begin(ingestionId, givenVersion ?? '', label, source.name);
    try {
      const { signal, onProgress } = control;
      const landed = await this.landing.land(ingestionId, tables, signal, onProgress);
      const version = await this.identify(releaseId, givenVersion, landed);
      const result = await this.normalization.normalise(ingestionId, releaseId, signal, onProgress);
      const counts = countsOf(landed, result);
      await this.unitOfWork.run((manager) => manager.update(Ingestion, { id: ingestionId }, { counts }));
      signal.throwIfAborted();
      onProgress({ stage: 'activating', done: 0, total: null });
      const outcome = await this.activation.finishLoading(
        ingestionId,
        releaseId,
        result.incomplete.length,
        request.activateAnyway ?? false,
      );
      await this.tidyUp();
      const rejections = await this.unitOfWork.read((manager) => summariseRejections(manager, ingestionId));
      return {
        ingestionId,
        releaseId,
        version,
        label,
        occupations: result.occupations,
        rated: result.rated,
        incomplete: result.incomplete,
        tables: counts,
        rejections,
        activated: outcome.activated,
        concerns: outcome.activated ? [] : outcome.concerns,
        seconds: (performance.now() - started) / 1000,
      };
    } catch (error) {
      await this.giveUp(ingestionId, releaseId, error);
      if (isDatabaseUnavailable(error)) throw new DatabaseUnavailableError('the release was ingested', error);
      throw error;
    }
  }

  private begin(ingestionId: string, version: string, label: string, origin: string): Promise<number> {
    // told by us, since the database's own clock may run in another time zone
    const createdAt = new Date();
    return this.unitOfWork.run(async (manager) => {
      const release = await manager.save(
        manager.create(Release, { version, label: label.slice(0, 255), source: 'text', status: 'loading', createdAt }),
      );
      await manager.insert(Ingestion, {
        id: ingestionId,
        kind: 'release',
        source: 'text',
        origin: origin.slice(0, 255),
        releaseId: release.id,
        state: 'active',
        counts: {},
        createdAt,
      });
      return release.id;
    });
  }

  /** Records the checksum of what was landed, and the version it stands in for where nobody gave one. */
  private async identify(releaseId: number, version: string | null, landed: readonly LandedFile[]): Promise<string> {
    const lines = landed.map(({ name, checksum }) => `${checksum}  ${name}\n`).sort();
    const checksum = createHash('sha256').update(lines.join('')).digest('hex');
    const known = version ?? versionFromChecksum(checksum);
    await this.unitOfWork.run((manager) => manager.update(Release, { id: releaseId }, { checksum, version: known }));
    return known;
  }

  private async giveUp(ingestionId: string, releaseId: number, error: unknown): Promise<void> {
    const message = error instanceof Error ? error.message : String(error);
    try {
      await this.unitOfWork.run(async (manager) => {
        await manager.update(
          Ingestion,
          { id: ingestionId, state: 'active' },
          { state: 'failed', error: message, finishedAt: new Date() },
        );
        await manager.update(Release, { id: releaseId, status: 'loading' }, { status: 'failed' });
      });
      await this.retention.purge();
    } catch (cause) {
      // with the database away, the next run marks what this one left
      this.logger.warn(`Could not record that the ingestion failed: ${cause instanceof Error ? cause.message : ''}`);
    }
  }

  /** The release is in service by now: what cannot be deleted today is deleted by the next run. */
  private async tidyUp(): Promise<void> {
    try {
      await this.retention.purge();
    } catch (error) {
      this.logger.warn(`Could not delete old releases: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

function countsOf(landed: readonly LandedFile[], result: NormalisationResult): Record<string, TableCounts> {
  return Object.fromEntries(
    landed.map((file) => {
      const normalised = result.files.find(({ sourceFile }) => sourceFile === file.name);
      return [
        file.name,
        {
          landed: file.landed,
          normalised: normalised?.normalised ?? 0,
          rejected: file.rejected + (normalised?.rejected ?? 0),
        },
      ];
    }),
  );
}
