import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { OperatorError } from '@app/common';
import { AppConfig } from '@app/config';
import { ACTIVE_RELEASE_ID, ActiveRelease, LockService, UnitOfWork } from '@app/database';
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
   * Loads `ONET_DATA_DIR`, or else the bundled sample, where no release is active. Any number of processes may call this
   * at the same time; one loads, the others wait for it.
   *
   * @returns the report of the load, or `null` where there was an active release already
   * @throws OperatorError where the release cannot be loaded or is kept back by the quality checks
   */
  async ensureActiveRelease(control: InlineControl): Promise<IngestionReport | null> {
    if (await this.hasActiveRelease()) return null;
    return this.locks.withLock('first-load', async () => {
      if (await this.hasActiveRelease()) return null;
      const payload = this.firstRelease();
      const job = await this.requests.requestUnchecked(payload, { requestedBy: 'first start', place: 'inline' });
      const result = await this.runner.runInline(IMPORT_RELEASE, job.id, control);
      if (result.outcome === 'unchanged') return null;
      const { report } = result;
      if (!report.activated) {
        throw new OperatorError(
          `Release ${report.version} was loaded, but not activated: ${report.concerns.join('; ')}. ` +
            `To serve it all the same: npm run ingest -- --from ${payload.path ?? ''} --activate-anyway`,
        );
      }
      return report;
    });
  }

  private hasActiveRelease(): Promise<boolean> {
    return this.unitOfWork.read(async (manager) => {
      const { releaseId } = await manager.findOneByOrFail(ActiveRelease, { id: ACTIVE_RELEASE_ID });
      return releaseId !== null;
    });
  }

  private firstRelease(): ImportReleasePayload {
    if (this.config.onetDataDir !== null) return { source: 'path', path: this.config.onetDataDir };
    return { source: 'path', path: sampleFolder(), release: '30.1', label: SAMPLE_LABEL };
  }
}

/** How the bundled sample is called in the list of releases. */
export const SAMPLE_LABEL = 'bundled sample: 63 of the 1,016 occupations of release 30.1';

/** The bundled sample, found from here upwards: sources and built code lie at different depths. */
export function sampleFolder(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const sample = join(folder, 'data', 'sample');
    if (existsSync(sample)) return sample;
  }
  throw new OperatorError('The bundled sample data/sample is missing from this installation. Set ONET_DATA_DIR.');
}
