import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { OperatorError } from '@app/common';
import { AppConfig } from '@app/config';
import { ACTIVE_RELEASE_ID, ActiveRelease, LockService, Release, UnitOfWork } from '@app/database';
import { JobRunner, type InlineControl } from '@app/jobs';
import { IMPORT_RELEASE, type ImportReleasePayload } from './import-release.job';
import type { IngestionReport } from './ingestion-report';
import { IngestionRequestsService } from './ingestion-requests.service';

/** Fills an empty database, so that a first start has something to serve. */
@Injectable()
export class FirstLoadService {
  constructor(
    @Inject(AppConfig) private readonly config: AppConfig,
    private readonly unitOfWork: UnitOfWork,
    private readonly locks: LockService,
    private readonly requests: IngestionRequestsService,
    private readonly runner: JobRunner,
  ) {}

  /**
   * Loads `ONET_DATA_DIR`, or `ONET_RELEASE`, or else the bundled sample, where no release is active. Any number of
   * processes may call this at the same time; one loads, the others wait for it.
   *
   * @returns the report of the load, or `null` where there was an active release already
   * @throws OperatorError where the release cannot be loaded or is kept back by the quality checks
   */
  ensureActiveRelease(control: InlineControl): Promise<IngestionReport | null> {
    return this.loadWhere((active) => active === null, this.firstRelease(), control);
  }

  /**
   * As {@link ensureActiveRelease}, for a command that goes before the processes that serve: what is asked for is also
   * loaded where nothing but the sample is active, and where it cannot be loaded, the sample is.
   *
   * @param onFallback hears why what was asked for is not loaded
   * @throws OperatorError where the sample cannot be loaded either
   */
  async ensureSomeRelease(control: InlineControl, onFallback: (error: unknown) => void): Promise<FirstLoad> {
    const wanted = this.firstRelease();
    let report: IngestionReport | null = null;
    if (wanted.label !== SAMPLE_LABEL) {
      try {
        report = await this.loadWhere((active) => active === null || active === SAMPLE_LABEL, wanted, control);
      } catch (error) {
        control.signal.throwIfAborted();
        onFallback(error);
      }
    }
    report ??= await this.loadWhere((active) => active === null, sampleRelease(), control);
    return { report, onlySample: (await this.activeLabel()) === SAMPLE_LABEL };
  }

  private async loadWhere(
    isNeeded: (active: string | null) => boolean,
    payload: ImportReleasePayload,
    control: InlineControl,
  ): Promise<IngestionReport | null> {
    if (!isNeeded(await this.activeLabel())) return null;
    return this.locks.withLock('first-load', async () => {
      if (!isNeeded(await this.activeLabel())) return null;
      const job = await this.requests.requestUnchecked(payload, { requestedBy: 'first start', place: 'inline' });
      const result = await this.runner.runInline(IMPORT_RELEASE, job.id, control);
      if (result.outcome === 'unchanged') return null;
      const { report } = result;
      if (!report.activated) {
        throw new OperatorError(
          `Release ${report.version} was loaded, but not activated: ${report.concerns.join('; ')}. ` +
            `To serve it all the same: npm run ingest -- ${optionFor(payload)} --activate-anyway`,
        );
      }
      return report;
    });
  }

  /** How the release in service is called; null where there is none. */
  private activeLabel(): Promise<string | null> {
    return this.unitOfWork.read(async (manager) => {
      const { releaseId } = await manager.findOneByOrFail(ActiveRelease, { id: ACTIVE_RELEASE_ID });
      return releaseId === null ? null : (await manager.findOneByOrFail(Release, { id: releaseId })).label;
    });
  }

  private firstRelease(): ImportReleasePayload {
    if (this.config.onetDataDir !== null) return { source: 'path', path: this.config.onetDataDir };
    if (this.config.onetRelease !== null) return { source: 'download', release: this.config.onetRelease };
    return sampleRelease();
  }
}

/** What a first load came to. */
interface FirstLoad {
  /** Null where nothing had to be loaded. */
  readonly report: IngestionReport | null;
  /** Whether what is served now is the bundled sample. */
  readonly onlySample: boolean;
}

function optionFor({ path, release }: ImportReleasePayload): string {
  return path === undefined ? `--download ${release ?? ''}` : `--from ${path}`;
}

/** How the bundled sample is called in the list of releases. */
export const SAMPLE_LABEL = 'bundled sample: 63 of the 1,016 occupations of release 30.1';

function sampleRelease(): ImportReleasePayload {
  return { source: 'path', path: sampleFolder(), release: '30.1', label: SAMPLE_LABEL };
}

/** The bundled sample, found from here upwards: sources and built code lie at different depths. */
export function sampleFolder(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const sample = join(folder, 'data', 'sample');
    if (existsSync(sample)) return sample;
  }
  throw new OperatorError('The bundled sample data/sample is missing from this installation. Set ONET_DATA_DIR.');
}
