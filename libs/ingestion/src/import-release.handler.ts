import { basename } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { OperatorError } from '@app/common';
import { AppConfig } from '@app/config';
import { DatabaseUnavailableError, isDatabaseUnavailable } from '@app/database';
import { HandlesJob, type JobHandler, type JobRun } from '@app/jobs';
import { ReleaseUnusableError } from '@app/normalization';
import { OnetError, OnetLimitedError } from '@app/onet-client';
import { ReleaseDownloadService } from './download/release-download.service';
import { IMPORT_RELEASE, type ImportReleasePayload } from './import-release.job';
import type { ImportResult } from './ingestion-report';
import { ReleaseLoadingService } from './release-loading.service';
import { findBelowRoot } from './sources/data-root';
import { TextIngestionService, type IngestionRequest } from './text/text-ingestion.service';
import { OnetUnavailableError } from './web-services/onet-unavailable';
import { WebServicesIngestionService } from './web-services/web-services-ingestion.service';

/** Fetches what is to be ingested, where it has to be fetched, and ingests it. */
@Injectable()
@HandlesJob(IMPORT_RELEASE)
export class ImportReleaseHandler implements JobHandler<ImportReleasePayload, ImportResult> {
  constructor(
    @Inject(AppConfig) private readonly config: AppConfig,
    private readonly downloads: ReleaseDownloadService,
    private readonly texts: TextIngestionService,
    private readonly webServices: WebServicesIngestionService,
    private readonly loading: ReleaseLoadingService,
  ) {}

  async run(run: JobRun<ImportReleasePayload, ImportResult>): Promise<ImportResult> {
    const { payload, signal, progress: onProgress, recordedResult, jobId, attempt } = run;
    try {
      if (recordedResult !== null) {
        // the release is in service; the process died, or the database went away, before it had cleared up
        await this.loading.tidyUp({ jobId, attempt });
        return recordedResult;
      }
      const { label, activateAnyway, onlyIfChanged, incremental, release } = payload;
      if (payload.source === 'web_services') {
        const request = { incremental, version: release, label, activateAnyway };
        return await this.webServices.ingest({ jobId, attempt }, request, { signal, onProgress });
      }
      const source = await this.locate(run);
      const request = { ...source, label, activateAnyway, onlyIfChanged };
      return await this.texts.ingest({ jobId, attempt }, request, { signal, onProgress });
    } catch (error) {
      if (error instanceof OnetError) throw unavailable(error);
      if (isDatabaseUnavailable(error)) throw new DatabaseUnavailableError('the release was ingested', error);
      throw withoutPlace(error, payload);
    }
  }

  private async locate({
    payload: { source, path, release },
    signal,
    progress,
  }: JobRun<ImportReleasePayload, ImportResult>): Promise<IngestionRequest> {
    switch (source) {
      case 'path':
        return { path: demand(path, 'path'), version: release };
      case 'download':
        return { path: await this.downloads.download(demand(release, 'release'), signal, progress) };
      case 'directory': {
        const shownAs = demand(path, 'path');
        const { onetDataRoot } = this.config;
        if (onetDataRoot === null) throw new OperatorError('ONET_DATA_ROOT is not set where this job runs.');
        const place = await findBelowRoot(onetDataRoot, shownAs);
        return { path: place.path, shownAs, within: place.root, version: release };
      }
      case 'web_services':
        throw new Error('The Web Services are no file');
    }
  }
}

/** Longer than this no pause between attempts is: what is used up for the day stays so. */
const SOON_MS = 60_000;

/** Whether it is tried again is for the job to say, where that may help. */
function unavailable(error: OnetError): OnetUnavailableError {
  const limitedForNow = error instanceof OnetLimitedError && error.retryAfterMs <= SOON_MS;
  const mayPass = error.kind === 'unreachable' || error.kind === 'malformed' || limitedForNow;
  return new OnetUnavailableError(error.message, {
    forEverybody: 'The O*NET Web Services are not available.',
    mayPass,
  });
}

/** Why a job failed is shown to everybody, where on the machine its source lies is not. */
function withoutPlace(error: unknown, { source, path }: ImportReleasePayload): unknown {
  if (source !== 'path' || path === undefined || !(error instanceof ReleaseUnusableError)) return error;
  const { message: sentence } = error;
  if (!sentence.includes(path)) return error;
  return new ReleaseUnusableError(sentence, {
    cause: error,
    forEverybody: sentence.replaceAll(path, basename(path)),
  });
}

function demand(value: string | undefined, name: string): string {
  if (value === undefined) throw new OperatorError(`The job has no ${name}.`);
  return value;
}
