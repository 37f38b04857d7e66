import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ACTIVE_RELEASE_ID, ActiveRelease, UnitOfWork } from '@app/database';
import type { JobClaim } from '@app/jobs';
import type { ImportResult } from '../ingestion-report';
import {
  checksumOf,
  ReleaseLoadingService,
  type IngestionControl,
  type ReleaseOrigin,
} from '../release-loading.service';
import { openReleaseSource } from '../sources/open-release-source';
import { LandingService } from './landing.service';
import { releaseTables, type ReleaseTable } from './release-tables';
import { checkVersion, versionFromName } from './release-version';

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

/** Ingests releases from files. */
@Injectable()
export class TextIngestionService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly landing: LandingService,
    private readonly loading: ReleaseLoadingService,
  ) {}

  /**
   * Ingests a text release.
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
          await this.loading.noteUnchanged(claim, 'Not loaded: the active release was made of the same bytes.');
          return { outcome: 'unchanged', releaseId: unchanged };
        }
      }
      const origin = {
        source: 'text',
        version: version ?? versionFromName(source.name),
        label: request.label ?? `text release from ${source.name}`,
        name: source.name,
        land: (loading, { signal, onProgress }) => this.landing.land(loading, tables, signal, onProgress),
      } satisfies ReleaseOrigin;
      return await this.loading.load(claim, origin, request, control);
    } finally {
      source.close();
    }
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
}
