import { createHash } from 'node:crypto';
import { basename, resolve } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AppError } from '@app/common';
import { AppConfig } from '@app/config';
import { Ingestion, type Job, type JobPlace } from '@app/database';
import { JobsService, type RequestedJob } from '@app/jobs';
import { archiveName, checkPublishedVersion } from './download/archive-name';
import { IMPORT_RELEASE, type ImportReleasePayload } from './import-release.job';
import { findBelowRoot } from './sources/data-root';
import { checkVersion, versionFromName } from './text/release-version';

export interface IngestionRequester {
  /** Who asks, for admins to see. */
  readonly requestedBy: string;
  /** Id of the request to the api, where there is one. */
  readonly requestId?: string;
  readonly place?: JobPlace;
  /** UUID of the job; by default a new one. */
  readonly id?: string;
}

/** Asks for ingestions: each is a job, and a row that tells what it did. */
@Injectable()
export class IngestionRequestsService {
  constructor(
    @Inject(AppConfig) private readonly config: AppConfig,
    private readonly jobs: JobsService,
  ) {}

  /**
   * Asks for an ingestion. There is one at a time of the same release.
   *
   * @throws AppError `CONFLICT` with the id of the job that is at it
   * @throws AppError `VALIDATION_FAILED` where nothing can be read there
   * @throws ReleaseUnusableError where the release cannot be called that
   * @throws AppError `DATABASE_UNAVAILABLE`
   */
  async request(payload: ImportReleasePayload, requester: IngestionRequester): Promise<Job> {
    if (payload.source === 'download') checkPublishedVersion(payload.release ?? '');
    else if (payload.release !== undefined) checkVersion(payload.release);
    if (payload.source === 'directory') await this.checkDirectory(payload.path ?? '');
    if (payload.source === 'web_services') this.checkWebServices();
    const { job, created } = await this.ask(payload, requester, subjectOf(payload));
    if (created) return job;
    throw new AppError('CONFLICT', `This release is being ingested already, by job ${job.id}.`, [], { jobId: job.id });
  }

  /** As {@link request}, for a caller that has made sure by itself that nobody else does the same. */
  async requestUnchecked(payload: ImportReleasePayload, requester: IngestionRequester): Promise<Job> {
    return (await this.ask(payload, requester, null)).job;
  }

  /** As {@link request}, but content with the job that is at it already. */
  async requestOrJoin(payload: ImportReleasePayload, requester: IngestionRequester): Promise<RequestedJob> {
    return this.ask(payload, requester, subjectOf(payload));
  }

  private ask(
    payload: ImportReleasePayload,
    requester: IngestionRequester,
    subject: string | null,
  ): Promise<RequestedJob> {
    return this.jobs.request(IMPORT_RELEASE, payload, {
      ...requester,
      subject,
      alongside: (manager, jobId) => this.writeDown(manager, jobId, payload),
    });
  }

  private async checkDirectory(path: string): Promise<void> {
    if (this.config.onetDataRoot === null) {
      const message = '"directory" is not possible here: ONET_DATA_ROOT, the folder for releases, is not set';
      throw new AppError('VALIDATION_FAILED', `${message}.`, [{ pointer: '/source', message }]);
    }
    await findBelowRoot(this.config.onetDataRoot, path);
  }

  private checkWebServices(): void {
    if (this.config.onetApi !== null) return;
    const needed = 'ONET_API_KEY, or ONET_USERNAME and ONET_PASSWORD, are not set';
    const message = `"web_services" is not possible here: ${needed}`;
    throw new AppError('VALIDATION_FAILED', `${message}.`, [{ pointer: '/source', message }]);
  }

  private async writeDown(manager: EntityManager, id: string, payload: ImportReleasePayload): Promise<void> {
    await manager.insert(Ingestion, {
      id,
      kind: 'release',
      source: payload.source === 'web_services' ? 'web_services' : 'text',
      origin: this.originOf(payload).slice(0, 255),
      counts: {},
      createdAt: new Date(),
    });
  }

  private originOf({ source, path = '', release = '' }: ImportReleasePayload): string {
    switch (source) {
      case 'download':
        return archiveName(release);
      case 'web_services':
        return new URL(this.config.onetApi?.baseUrl ?? 'https://services.onetcenter.org').host;
      case 'directory':
      case 'path':
        return basename(resolve(path));
    }
  }
}

/** What two requests for the same release have in common; where nobody names it, the place it comes from. */
function subjectOf({ source, path = '', release }: ImportReleasePayload): string {
  if (source === 'web_services') return 'release from the Web Services';
  const version = release ?? versionFromName(basename(resolve(path)));
  if (version !== null) return `release ${version}`;
  const place = createHash('sha256').update(source === 'path' ? resolve(path) : resolve('/', path));
  return `release from ${source} ${place.digest('hex')}`;
}
