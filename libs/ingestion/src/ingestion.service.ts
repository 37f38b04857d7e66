import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import {
  ACTIVE_RELEASE_ID,
  ActiveRelease,
  Ingestion,
  isDatabaseUnavailable,
  Release,
  UnitOfWork,
  type TableCounts,
} from '@app/database';
import { JobHandedBackError, JobLostError, type JobClaim } from '@app/jobs';
import {
  ActivationService,
  NormalizationService,
  RetentionService,
  type LoadingRelease,
  type NormalisationResult,
  type ProgressListener,
} from '@app/normalization';
import { summariseRejections, type ImportResult, type IngestionReport } from './ingestion-report';
import { LandingService, type LandedFile } from './landing.service';
import { openReleaseSource } from './sources/open-release-source';
import type { ReleaseSource } from './sources/release-source';
import { releaseTables, type ReleaseTable } from './text/release-tables';
import { checkVersion, versionFromChecksum, versionFromName } from './text/release-version';

/** A text release to be ingested. */
export interface IngestionRequest {
  /** Folder or .zip. */
  readonly path: string;
  /** How the path is called in messages. */
  readonly shownAs?: string | undefined;
  /** Folder that nothing that is read may lie outside of, be it by a link. */
  readonly within?: string | undefined;
  /** Version of the release, where the name of the folder or archive does not tell it. */
  readonly version?: string | undefined;
  /** What the release is called in lists; by default after the folder or archive. */
  readonly label?: string | undefined;
  /** Activate the release even if the quality checks object. */
  readonly activateAnyway?: boolean | undefined;
  /** Do nothing where the active release was made of the very same bytes. */
  readonly onlyIfChanged?: boolean | undefined;
}

export interface IngestionControl {
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
}

/** Takes a release from its source to being served, as one attempt of a job. */
@Injectable()
export class IngestionService {
  private readonly logger = new Logger(IngestionService.name);

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly landing: LandingService,
    private readonly normalization: NormalizationService,
    private readonly activation: ActivationService,
    private readonly retention: RetentionService,
  ) {}

  /**
   * Ingests a text release. Whatever goes wrong, the release that was active stays active and whole.
   *
   * @throws ReleaseUnusableError where no release can be made of the source
   * @throws JobLostError where another attempt took the job over
   */
  async ingest(claim: JobClaim, request: IngestionRequest, control: IngestionControl): Promise<ImportResult> {
    const version = request.version === undefined ? null : checkVersion(request.version);
    const source = await openReleaseSource(request.path, { shownAs: request.shownAs, within: request.within });
    try {
      const tables = releaseTables(source);
      if (request.onlyIfChanged === true) {
        const unchanged = await this.activeReleaseOf(tables, control.signal);
        if (unchanged !== null) {
          await this.noteUnchanged(claim);
          return { outcome: 'unchanged', releaseId: unchanged };
        }
      }
      await this.retention.giveUpLeftovers();
      const report = await this.load(claim, request, version ?? versionFromName(source.name), source, tables, control);
      return { outcome: 'loaded', report };
    } finally {
      source.close();
    }
  }

  /**
   * Deletes what is no longer kept. What cannot be deleted now is deleted by the next run, unless the database is away:
   * then this fails, and is repeated with the job.
   */
  async tidyUp({ jobId }: JobClaim): Promise<void> {
    try {
      await this.retention.purge(jobId);
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error;
      this.logger.warn(`Could not delete old releases: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private async load(
    claim: JobClaim,
    request: IngestionRequest,
    givenVersion: string | null,
    source: ReleaseSource,
    tables: readonly ReleaseTable[],
    control: IngestionControl,
  ): Promise<IngestionReport> {
    const started = performance.now();
    const label = request.label ?? `text release from ${source.name}`;
    const { signal, onProgress } = control;
    const releaseId = await this.begin(claim, givenVersion ?? '', label, source.name);
    const loading: LoadingRelease = { ...claim, releaseId };
    try {
      const landed = await this.landing.land(loading, tables, signal, onProgress);
      const version = await this.identify(releaseId, givenVersion, landed);
      const result = await this.normalization.normalise(loading, signal, onProgress);
      const counts = countsOf(landed, result);
      await this.unitOfWork.run((manager) =>
        manager.update(Ingestion, { id: claim.jobId, attempt: claim.attempt }, { counts }),
      );
      const rejections = await this.unitOfWork.read((manager) => summariseRejections(manager, claim));
      signal.throwIfAborted();
      onProgress({ stage: 'activating', done: 0, total: 1 });
      const loaded = {
        ingestionId: claim.jobId,
        releaseId,
        version,
        label,
        occupations: result.occupations,
        rated: result.rated,
        incomplete: result.incomplete,
        tables: counts,
        rejections,
      };
      const reportOf = (activated: boolean, concerns: readonly string[]): IngestionReport => ({
        ...loaded,
        activated,
        concerns,
        seconds: (performance.now() - started) / 1000,
      });
      const outcome = await this.activation.finishLoading(loading, {
        incomplete: result.incomplete.length,
        activateAnyway: request.activateAnyway ?? false,
        result: (ended): ImportResult => ({
          outcome: 'loaded',
          report: reportOf(ended.activated, ended.activated ? [] : ended.concerns),
        }),
      });
      onProgress({ stage: 'activating', done: 1, total: 1 });
      await this.tidyUp(claim);
      return reportOf(outcome.activated, outcome.activated ? [] : outcome.concerns);
    } catch (error) {
      await this.giveUp(loading, error);
      throw error;
    }
  }

  private begin({ jobId, attempt }: JobClaim, version: string, label: string, origin: string): Promise<number> {
    // told by us, since the database's own clock may run in another time zone
    const createdAt = new Date();
    return this.unitOfWork.run(async (manager) => {
      const release = await manager.save(
        manager.create(Release, {
          version,
          label: label.slice(0, 255),
          source: 'text',
          status: 'loading',
          jobId,
          attempt,
          createdAt,
        }),
      );
      const begun = await manager
        .createQueryBuilder()
        .update(Ingestion)
        .set({
          attempt,
          releaseId: release.id,
          origin: origin.slice(0, 255),
          counts: {},
          error: null,
        })
        .where('id = :jobId AND attempt <= :attempt', { jobId, attempt })
        .execute();
      if (begun.affected !== 1) throw new JobLostError();
      return release.id;
    });
  }

  /** Records the checksum of what was landed, and the version it stands in for where nobody gave one. */
  private async identify(releaseId: number, version: string | null, landed: readonly LandedFile[]): Promise<string> {
    const checksum = checksumOf(landed);
    const known = version ?? versionFromChecksum(checksum);
    await this.unitOfWork.run((manager) => manager.update(Release, { id: releaseId }, { checksum, version: known }));
    return known;
  }

  /** Id of the active release, if it was made of these tables; else null. */
  private async activeReleaseOf(tables: readonly ReleaseTable[], signal: AbortSignal): Promise<number | null> {
    const active = await this.unitOfWork.query((manager) =>
      manager.findOne(ActiveRelease, { where: { id: ACTIVE_RELEASE_ID }, relations: { release: true } }),
    );
    const release = active?.release ?? null;
    if (release === null) return null;
    const files: { name: string; checksum: string }[] = [];
    for (const { file } of tables) {
      const hash = createHash('sha256');
      for await (const bytes of await file.open()) {
        signal.throwIfAborted();
        hash.update(bytes as Buffer);
      }
      files.push({ name: file.name, checksum: hash.digest('hex') });
    }
    return checksumOf(files) === release.checksum ? release.id : null;
  }

  private async noteUnchanged({ jobId, attempt }: JobClaim): Promise<void> {
    const error = 'Not loaded: the active release was made of the same bytes.';
    await this.unitOfWork.run((manager) => manager.update(Ingestion, { id: jobId }, { attempt, error }));
  }

  private async giveUp({ jobId, releaseId }: LoadingRelease, error: unknown): Promise<void> {
    try {
      await this.retention.giveUp(releaseId);
      // a process that is told to end has no time for it: the next attempt clears up
      if (!(error instanceof JobHandedBackError)) await this.retention.purge(jobId);
    } catch (cause) {
      // with the database away, the next run marks what this one left
      this.logger.warn(`Could not clear up after an ingestion: ${cause instanceof Error ? cause.message : ''}`);
    }
  }
}

/** SHA-256 over the names and checksums of the files, as `sha256sum` would list them. */
function checksumOf(files: readonly { readonly name: string; readonly checksum: string }[]): string {
  const lines = files.map(({ name, checksum }) => `${checksum}  ${name}\n`).sort();
  return createHash('sha256').update(lines.join('')).digest('hex');
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
