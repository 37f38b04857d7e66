import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Ingestion, isDatabaseUnavailable, Release, UnitOfWork, type TableCounts } from '@app/database';
import { holdClaim, JobHandedBackError, JobLostError, type JobClaim } from '@app/jobs';
import { Metrics } from '@app/metrics';
import {
  ActivationService,
  NormalizationService,
  QualityReportService,
  RetentionService,
  type LoadingRelease,
  type NormalisationResult,
  type ProgressListener,
} from '@app/normalization';
import { summariseRejections, type ImportResult, type IngestionReport } from './ingestion-report';
import { versionFromChecksum } from './text/release-version';

/** What became of the rows of one file, or of one table of the Web Services. */
export interface LandedFile {
  readonly name: string;
  readonly landed: number;
  readonly rejected: number;
  /** SHA-256 of its content, in hex. */
  readonly checksum: string;
}

export interface IngestionControl {
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
}

/** A release that is to be loaded, wherever its rows come from. */
export interface ReleaseOrigin {
  readonly source: 'text' | 'web_services';
  /** Null where nobody named it. */
  readonly version: string | null;
  /** What the release is called in lists. */
  readonly label: string;
  /** What is read, for the record of the ingestion. */
  readonly name: string;
  /** Brings its rows into the landing tables, as they are delivered. */
  readonly land: (loading: LoadingRelease, control: IngestionControl) => Promise<readonly LandedFile[]>;
}

/** Takes a release from its origin to being served, as one attempt of a job. */
@Injectable()
export class ReleaseLoadingService {
  private readonly logger = new Logger(ReleaseLoadingService.name);

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly normalization: NormalizationService,
    private readonly quality: QualityReportService,
    private readonly activation: ActivationService,
    private readonly retention: RetentionService,
    private readonly metrics: Metrics,
  ) {}

  /**
   * Loads a release: landing, normalisation, quality checks, activation. Whatever goes wrong, the release that was active
   * stays active and whole.
   *
   * @throws ReleaseUnusableError where no release can be made of what is there
   * @throws JobLostError where another attempt took the job over
   */
  async load(
    claim: JobClaim,
    origin: ReleaseOrigin,
    { activateAnyway = false }: { readonly activateAnyway?: boolean | undefined },
    control: IngestionControl,
  ): Promise<ImportResult> {
    const started = performance.now();
    const { signal, onProgress } = control;
    await this.retention.giveUpLeftovers();
    const releaseId = await this.begin(claim, origin);
    const loading: LoadingRelease = { ...claim, releaseId };
    try {
      const landed = await origin.land(loading, control);
      const version = await this.identify(releaseId, origin.version, landed);
      const result = await this.normalization.normalise(loading, signal, onProgress);
      const counts = countsOf(landed, result);
      this.metrics.rowsIngested('release', Object.values(counts));
      const quality = await this.quality.report(loading, counts);
      await this.unitOfWork.run((manager) =>
        manager.update(Ingestion, { id: claim.jobId, attempt: claim.attempt }, { counts, quality }),
      );
      const rejections = await this.unitOfWork.read((manager) => summariseRejections(manager, claim));
      signal.throwIfAborted();
      onProgress({ stage: 'activating', done: 0, total: 1 });
      const loaded = {
        ingestionId: claim.jobId,
        releaseId,
        version,
        label: origin.label,
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
        activateAnyway,
        result: (ended): ImportResult => ({
          outcome: 'loaded',
          report: reportOf(ended.activated, ended.activated ? [] : ended.concerns),
        }),
      });
      onProgress({ stage: 'activating', done: 1, total: 1 });
      await this.tidyUp(claim);
      return { outcome: 'loaded', report: reportOf(outcome.activated, outcome.activated ? [] : outcome.concerns) };
    } catch (error) {
      await this.giveUp(loading, error);
      throw error;
    }
  }

  /**
   * Records that nothing was loaded, since nothing would change.
   *
   * @throws JobLostError where another attempt took the job over
   */
  async noteUnchanged(claim: JobClaim, why: string): Promise<void> {
    const { jobId: id, attempt } = claim;
    // an attempt before this one may have begun a release, and nobody knows when the next ingestion comes
    await this.retention.giveUpLeftovers();
    await this.unitOfWork.run(async (manager) => {
      await holdClaim(manager, claim);
      await manager.update(Ingestion, { id }, { attempt, error: why, counts: {}, quality: null });
    });
    await this.tidyUp(claim);
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

  private begin({ jobId, attempt }: JobClaim, { version, label, name, source }: ReleaseOrigin): Promise<number> {
    // told by us, since the database's own clock may run in another time zone
    const createdAt = new Date();
    return this.unitOfWork.run(async (manager) => {
      const release = await manager.save(
        manager.create(Release, {
          version: version ?? '',
          label: label.slice(0, 255),
          source,
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
          origin: name.slice(0, 255),
          counts: {},
          quality: null,
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

  private async giveUp({ jobId, releaseId }: LoadingRelease, error: unknown): Promise<void> {
    try {
      await this.retention.giveUp(releaseId);
      // a process that is told to end has no time for it: the next attempt clears up
      if (error instanceof JobHandedBackError) return;
      // a job that was taken over is not over: others are landing rows for it
      await this.retention.purge(error instanceof JobLostError ? null : jobId);
    } catch (cause) {
      // with the database away, the next run marks what this one left
      this.logger.warn(`Could not clear up after an ingestion: ${cause instanceof Error ? cause.message : ''}`);
    }
  }
}

/** SHA-256 over the names and checksums of the files, as `sha256sum` would list them. */
export function checksumOf(files: readonly { readonly name: string; readonly checksum: string }[]): string {
  const lines = files.map(({ name, checksum }) => `${checksum}  ${name}\n`).sort();
  return createHash('sha256').update(lines.join('')).digest('hex');
}

function countsOf(landed: readonly LandedFile[], result: NormalisationResult): Record<string, TableCounts> {
  return Object.fromEntries(
    landed.map((file) => {
      const normalised = result.files.find(({ sourceFile }) => sourceFile === file.name);
      const unneeded = normalised?.unneeded ?? 0;
      return [
        file.name,
        {
          landed: file.landed,
          normalised: normalised?.normalised ?? 0,
          rejected: file.rejected + (normalised?.rejected ?? 0),
          ...(unneeded > 0 ? { unneeded } : {}),
        },
      ];
    }),
  );
}
