import { Inject, Injectable } from '@nestjs/common';
import { AppConfig } from '@app/config';
import { UnitOfWork } from '@app/database';
import type { JobClaim } from '@app/jobs';
import { LANDING_COLUMNS, type LoadingRelease, nextOccupationCodes, type PulledTable } from '@app/normalization';
import { OnetClient, type OnetRow } from '@app/onet-client';
import type { ImportResult } from '../ingestion-report';
import {
  ReleaseLoadingService,
  type IngestionControl,
  type LandedFile,
  type ReleaseOrigin,
} from '../release-loading.service';
import { checkVersion } from '../text/release-version';
import { LandedPagesService, type TablePlace } from './landed-pages.service';
import { toLandingRows } from './landing-rows';
import { PageLandingService } from './page-landing.service';
import { ReleaseChangesService, type ReleaseChanges } from './release-changes.service';
import { OCCUPATION_TABLE, optionalTables, SCALE_TABLE } from './tables';

/** A release that is to be built from the Web Services. */
export interface WebServicesRequest {
  /** Only what has changed since the active release; the rest is taken from there. */
  readonly incremental?: boolean | undefined;
  /** Version of the release; the Web Services do not tell it. By default after the day. */
  readonly version?: string | undefined;
  readonly label?: string | undefined;
  readonly activateAnyway?: boolean | undefined;
}

/** Builds releases from the O*NET Web Services. */
@Injectable()
export class WebServicesIngestionService {
  constructor(
    @Inject(AppConfig) private readonly config: AppConfig,
    private readonly client: OnetClient,
    private readonly pages: PageLandingService,
    private readonly changes: ReleaseChangesService,
    private readonly landed: LandedPagesService,
    private readonly loading: ReleaseLoadingService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Builds a release of all tables that are needed, or of the active release and what has changed since.
   *
   * @throws OnetError; ReleaseUnusableError where no release can be made of what is there; JobLostError where another
   *   attempt took the job over
   */
  async ingest(claim: JobClaim, request: WebServicesRequest, control: IngestionControl): Promise<ImportResult> {
    const version = checkVersion(request.version ?? `web-${new Date().toISOString().slice(0, 10)}`);
    const origin = { source: 'web_services', version, name: this.host() } as const;
    if (request.incremental === true) {
      control.onProgress({ stage: 'comparing', done: 0, total: null });
      const found = await this.changes.find(control.signal);
      if (found.kind === 'none') {
        await this.loading.noteUnchanged(claim, 'Not loaded: the O*NET Web Services have nothing newer.');
        return { outcome: 'unchanged', releaseId: found.releaseId };
      }
      if (found.kind === 'some') {
        const { changes } = found;
        const label = `${changes.codes.size} occupations of the O*NET Web Services, the rest as in release ${changes.releaseId}`;
        const land: ReleaseOrigin['land'] = (loading, inner) => this.landChanges(loading, changes, inner);
        return this.loading.load(claim, { ...origin, label: request.label ?? label, land }, request, control);
      }
    }
    const label = request.label ?? 'all tables of the O*NET Web Services';
    const land: ReleaseOrigin['land'] = (loading, inner) => this.landWhole(loading, inner);
    return this.loading.load(claim, { ...origin, label, land }, request, control);
  }

  private host(): string {
    const url = this.config.onetApi?.baseUrl;
    return url === undefined ? 'O*NET Web Services' : new URL(url).host;
  }

  private async landWhole(loading: LoadingRelease, control: IngestionControl): Promise<LandedFile[]> {
    const before = await this.landed.adopt(loading);
    const skillTables = await this.client.skillTables(control.signal);
    const places: TablePlace[] = [
      { name: OCCUPATION_TABLE, landingTable: 'landing_occupations' },
      { name: SCALE_TABLE, landingTable: 'landing_scales' },
      ...skillTables.map((name): TablePlace => ({ name, landingTable: 'landing_skills' })),
      ...optionalTables(await this.client.tables(control.signal)),
    ];
    // tables that are not there any more, and what an attempt landed that was to bring changes only
    for (const place of before) {
      if (!places.some(({ name }) => name === place.name)) await this.landed.discard(loading, place);
    }
    const files: LandedFile[] = [];
    let landed = 0;
    for (const place of places) {
      const file = await this.pages.land(loading, place, control, (done, total) => {
        control.onProgress({ stage: 'pulling', done: landed + done, total: landed + total });
      });
      landed += file.landed;
      files.push(file);
    }
    return files;
  }

  private async landChanges(
    loading: LoadingRelease,
    { releaseId, occupations, scales, ratings, codes, texts }: ReleaseChanges,
    { signal, onProgress }: IngestionControl,
  ): Promise<LandedFile[]> {
    const files: LandedFile[] = [];
    const land = async (table: PulledTable): Promise<void> => {
      signal.throwIfAborted();
      const { name, rows } = table;
      await this.landed.write(loading, table, 1, rows);
      const checksum = await this.landed.checksum(loading, table, rows.length);
      files.push({ name, landed: rows.length, rejected: 0, checksum });
      onProgress({ stage: 'landing', done: files.reduce((sum, file) => sum + file.landed, 0), total: null });
    };
    await land(toLandingRows(OCCUPATION_TABLE, 'landing_occupations', occupations));
    await land(toLandingRows(SCALE_TABLE, 'landing_scales', scales));
    for (const [name, rows] of ratings) await land(toLandingRows(name, 'landing_skills', rows));
    for (const table of texts) await land(table);
    const listed = new Set(occupations.map((row) => String(row['onetsoc_code'])));
    const kept = (code: string): boolean => listed.has(code) && !codes.has(code);
    files.push(await this.landHeldRatings(loading, releaseId, kept, signal));
    return files;
  }

  /** Lands ratings of a release once more, so that they go the way of all others. */
  private async landHeldRatings(
    loading: LoadingRelease,
    releaseId: number,
    kept: (code: string) => boolean,
    signal: AbortSignal,
  ): Promise<LandedFile> {
    const place: TablePlace = { name: `release ${releaseId}`, landingTable: 'landing_skills' };
    const columns = LANDING_COLUMNS.landing_skills;
    const selected = columns.map((column) => (column === 'element_name' ? 'k.element_name' : `s.${column}`));
    let landed = 0;
    let after = '';
    for (;;) {
      signal.throwIfAborted();
      const from = after;
      const last = (await this.unitOfWork.query((manager) => nextOccupationCodes(manager, releaseId, from))).at(-1);
      if (last === undefined) break;
      const rows: OnetRow[] = await this.unitOfWork.query((manager) =>
        manager.query(
          `SELECT ${selected.join(', ')} FROM occupation_skills s
             JOIN skills k ON k.release_id = s.release_id AND k.element_id = s.element_id
            WHERE s.release_id = ? AND s.onetsoc_code > ? AND s.onetsoc_code <= ?
            ORDER BY s.onetsoc_code, s.element_id, s.scale_id`,
          [releaseId, after, last],
        ),
      );
      const landing = toLandingRows(
        place.name,
        place.landingTable,
        rows.filter((row) => kept(String(row['onetsoc_code']))),
      );
      await this.landed.write(loading, place, landed + 1, landing.rows);
      landed += landing.rows.length;
      after = last;
    }
    return { name: place.name, landed, rejected: 0, checksum: await this.landed.checksum(loading, place, landed) };
  }
}
