import type { Environment } from '@app/config';
import type { Ingestion, Job, RejectedRow } from '@app/database';
import {
  IMPORT_RELEASE,
  IngestionHistoryService,
  IngestionRequestsService,
  type ImportReleasePayload,
  type ImportResult,
  type IngestionReport,
} from '@app/ingestion';
import { JobRunner, JobsService } from '@app/jobs';
import { OnetClient } from '@app/onet-client';
import { useIngestionApps, type IngestionApp } from '../ingestion-app';
import type { OnetStub } from '../onet-web-services/onet-stub';
import type { SeenRequest } from '../onet-web-services/request-log';
import type { Version } from '../onet-web-services/raw-client';

type Wish = Omit<ImportReleasePayload, 'source' | 'path'>;

/** How one attempt of a job ended. */
export interface Attempted {
  readonly kind: string;
  readonly job: Job;
  readonly ingestion: Ingestion;
}

/** A process that builds releases from a stub of the Web Services. */
export class Building {
  constructor(readonly app: IngestionApp) {}

  /** Asks for a release; returns the id of the job, which nobody has begun. */
  async ask(wish: Wish = {}): Promise<string> {
    const payload: ImportReleasePayload = { source: 'web_services', ...wish };
    return (await this.app.get(IngestionRequestsService).request(payload, { requestedBy: 'a test' })).id;
  }

  /** Makes one attempt at a job, as a worker does. */
  async attempt(id: string): Promise<Attempted> {
    const { kind } = await this.app.get(JobRunner).run(id);
    const { ingestion, job } = await this.app.get(IngestionHistoryService).get(id);
    return { kind, job, ingestion };
  }

  /** Asks for a release, and loads it in one attempt. */
  async build(wish: Wish = {}): Promise<IngestionReport> {
    const result = await this.run(wish);
    if (result.outcome !== 'loaded') throw new Error(`Nothing was loaded: ${result.outcome}`);
    return result.report;
  }

  /** As {@link build}, but it may turn out that there is nothing to load. */
  async run(wish: Wish = {}): Promise<ImportResult> {
    const payload: ImportReleasePayload = { source: 'web_services', ...wish };
    const requester = { requestedBy: 'a test', place: 'inline' } as const;
    const job = await this.app.get(IngestionRequestsService).request(payload, requester);
    const control = { signal: new AbortController().signal, onProgress: () => undefined };
    return this.app.get(JobRunner).runInline(IMPORT_RELEASE, job.id, control);
  }

  /** Queues a job once more that has failed, as an admin does. */
  async retry(id: string): Promise<void> {
    await this.app.get(JobsService).retry(id);
  }

  async rejected(id: string): Promise<readonly RejectedRow[]> {
    return (await this.app.get(IngestionHistoryService).rejectedRows(id, 1, 200)).items;
  }
}

/** Opens processes that build releases, closed after the test. */
export function useBuildings(): {
  open(databaseUrl: string, stub: OnetStub, options?: BuildingOptions): Promise<Building>;
} {
  const apps = useIngestionApps();
  return {
    open: async (databaseUrl, stub, { version = 'v2', pageSize, environment } = {}) => {
      const app = await apps.open(databaseUrl, { ...settingsFor(stub, version), ...environment });
      if (pageSize !== undefined) limitPages(app, pageSize);
      return new Building(app);
    },
  };
}

export interface BuildingOptions {
  /** Version of the Web Services that is asked; 2 by default. */
  readonly version?: Version;
  /** Rows to ask for at a time, so that a small release has many pages. */
  readonly pageSize?: number;
  /** On top of the settings for the stub. */
  readonly environment?: Environment;
}

function settingsFor(stub: OnetStub, version: Version): Environment {
  // how many requests a second is tested where it matters
  const common = { ONET_REQUESTS_PER_SECOND: '0' };
  return version === 'v2'
    ? { ...common, ONET_API_KEY: stub.key, ONET_API_BASE_URL: stub.v2Url }
    : { ...common, ONET_USERNAME: stub.username, ONET_PASSWORD: stub.password, ONET_API_BASE_URL: stub.v19Url };
}

function limitPages(app: IngestionApp, pageSize: number): void {
  const client = app.get(OnetClient);
  const pages = client.pages.bind(client);
  jest.spyOn(client, 'pages').mockImplementation((table, options) => pages(table, { ...options, pageSize }));
}

/** The first row of each page that was asked for, by table: `skills 21`. */
export function pagesAsked(requests: readonly SeenRequest[]): string[] {
  return requests
    .filter(({ tableId }) => tableId !== null)
    .map(({ tableId, query }) => `${String(tableId)} ${query.get('start') ?? ''}`);
}

/** All rows of a release, without what says which release and ingestion they are of. */
export async function releaseRows(app: IngestionApp, releaseId: number): Promise<Readonly<Record<string, unknown[]>>> {
  const tables = {
    occupations: 'onetsoc_code, title, description',
    skills: 'element_id, element_name',
    scales: 'scale_id, scale_name, minimum, maximum',
    skill_descriptions: 'element_id, description',
    level_anchors: 'element_id, scale_id, anchor_value, anchor_description',
    occupation_skills:
      'onetsoc_code, element_id, scale_id, data_value, n, standard_error, lower_ci_bound, upper_ci_bound, ' +
      'recommend_suppress, not_relevant, date_updated, domain_source',
  };
  const rows: Record<string, unknown[]> = {};
  for (const [table, columns] of Object.entries(tables)) {
    const order = columns.split(', ').slice(0, 3).join(', ');
    rows[table] = await app.query(`SELECT ${columns} FROM ${table} WHERE release_id = ? ORDER BY ${order}`, [
      releaseId,
    ]);
  }
  return rows;
}
