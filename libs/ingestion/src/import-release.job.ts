import type { ScheduledSource } from '@app/config';
import { JobDefinition } from '@app/jobs';
import type { ImportResult } from './ingestion-report';

/** What to ingest, and how. */
export interface ImportReleasePayload {
  /**
   * `directory`: a folder or .zip below `ONET_DATA_ROOT`; `path`: one anywhere that whoever runs the process chose;
   * `download`: a published release; `web_services`: what the O*NET Web Services have.
   */
  readonly source: ScheduledSource['source'] | 'web_services';
  /** Of a `directory` (relative to the root) or a `path`. */
  readonly path?: string | undefined;
  /** Version of the release, such as `30.1`; needed for a `download`, else where the name does not tell it. */
  readonly release?: string | undefined;
  /** Of `web_services`: only what has changed since the active release; the rest is taken from there. */
  readonly incremental?: boolean | undefined;
  /** What the release is called in lists; by default after the folder or archive. */
  readonly label?: string | undefined;
  /** Activate the release even if the quality checks object. */
  readonly activateAnyway?: boolean | undefined;
  /** Do nothing where the active release was made of the very same bytes. */
  readonly onlyIfChanged?: boolean | undefined;
}

/** Ingests one release, from its source to being served. */
export const IMPORT_RELEASE = new JobDefinition<ImportReleasePayload, ImportResult>({
  name: 'import-release',
  queue: 'ingestion',
  attempts: 3,
  backoffMs: 2000,
});
