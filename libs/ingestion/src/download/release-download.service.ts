import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HttpService } from '@nestjs/axios';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { OperatorError } from '@app/common';
import { AppConfig } from '@app/config';
import { ReleaseUnusableError, type ProgressListener } from '@app/normalization';
import { openZip } from '../sources/zip-source';
import { archiveName, checkPublishedVersion } from './archive-name';
import { releaseTables } from '../text/release-tables';
import {
  transfer,
  TransferInterruptedError,
  TransferRefusedError,
  TransferTooLargeError,
  type TransferState,
} from './transfer';

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 500;
const IDLE_MS = 30_000;
/** The archives have about 13 MB. */
const MAX_BYTES = 1024 ** 3;

/** Fetches published releases from O*NET. */
@Injectable()
export class ReleaseDownloadService {
  private readonly logger = new Logger(ReleaseDownloadService.name);

  constructor(
    @Inject(AppConfig) private readonly config: AppConfig,
    private readonly http: HttpService,
  ) {}

  /**
   * Downloads the archive of a release into the data folder. A broken transfer is gone on with; what arrives is kept
   * under its final name only once it is a whole archive with the tables of a release.
   *
   * @param version such as `30.1`
   * @returns the path of the archive
   * @throws OperatorError where it cannot be had
   */
  async download(version: string, signal: AbortSignal, onProgress: ProgressListener): Promise<string> {
    checkPublishedVersion(version);
    const name = archiveName(version);
    const url = `${this.config.onetDownloadBaseUrl}/${name}`;
    const folder = join(this.config.dataFolder, 'downloads');
    await mkdir(folder, { recursive: true });
    // of its own, so that two downloads at once do not write into each other's file
    const part = join(folder, `${name}.${randomUUID()}.part`);
    try {
      await this.fetch(url, part, signal, onProgress);
      await checkArchive(url, part, name);
      const path = join(folder, name);
      await rename(part, path);
      return path;
    } finally {
      await rm(part, { force: true });
    }
  }

  private async fetch(url: string, part: string, signal: AbortSignal, onProgress: ProgressListener): Promise<void> {
    const state: TransferState = { validator: null };
    const options = {
      signal,
      idleMs: IDLE_MS,
      maxBytes: MAX_BYTES,
      onBytes: (done: number, total: number | null) => {
        onProgress({ stage: 'downloading', done, total });
      },
    };
    for (let attempt = 1; ; attempt++) {
      try {
        await transfer(this.http, url, part, state, options);
        return;
      } catch (error) {
        if (error instanceof TransferTooLargeError) {
          throw new OperatorError(`${url} cannot be downloaded: ${error.message}.`, { cause: error });
        }
        if (error instanceof TransferRefusedError) throw refused(url, error);
        if (!(error instanceof TransferInterruptedError)) throw error;
        if (attempt === ATTEMPTS) {
          throw new OperatorError(`${url} could not be downloaded in ${ATTEMPTS} attempts: ${error.message}.`, {
            cause: error,
          });
        }
        this.logger.warn(`Download interrupted (${error.message}), attempt ${attempt} of ${ATTEMPTS}`);
        await delay(FIRST_PAUSE_MS * 2 ** (attempt - 1), undefined, { signal }).catch(() => undefined);
        signal.throwIfAborted();
      }
    }
  }
}

function refused(url: string, error: TransferRefusedError): OperatorError {
  const why =
    error.status === 404
      ? 'there is no such release. See https://www.onetcenter.org/db_releases.html for those there are'
      : error.message;
  return new OperatorError(`${url} cannot be downloaded: ${why}.`, { cause: error });
}

async function checkArchive(url: string, path: string, name: string): Promise<void> {
  try {
    const source = await openZip(path, name);
    try {
      releaseTables(source);
    } finally {
      source.close();
    }
  } catch (error) {
    if (!(error instanceof ReleaseUnusableError)) throw error;
    throw new ReleaseUnusableError(`What ${url} delivered is no release: ${error.message}`, { cause: error });
  }
}
