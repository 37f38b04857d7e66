import { Injectable, Logger } from '@nestjs/common';
import { ReleaseUnusableError, type LoadingRelease } from '@app/normalization';
import { OnetClient, OnetNoDataError, OnetRefusedError, type OnetPage } from '@app/onet-client';
import type { IngestionControl, LandedFile } from '../release-loading.service';
import { LandedPagesService, type TablePlace } from './landed-pages.service';
import { toLandingRows } from './landing-rows';

/** What was landed before is not what the Web Services have now. */
class ChangedMeanwhileError extends Error {}

/** Lands whole tables of the Web Services, page by page; each page is one step that need not be done again. */
@Injectable()
export class PageLandingService {
  private readonly logger = new Logger(PageLandingService.name);

  constructor(
    private readonly client: OnetClient,
    private readonly landed: LandedPagesService,
  ) {}

  /**
   * Lands a table, going on where an earlier attempt stopped, if its last row is still the same.
   *
   * @param onRows told how many rows of the table there are by now, and how many there will be
   * @throws OnetError; ReleaseUnusableError where a table that is needed is empty; JobLostError where the job was taken over; the
   *   signal's reason
   */
  async land(
    loading: LoadingRelease,
    place: TablePlace,
    { signal }: IngestionControl,
    onRows: (done: number, total: number) => void,
  ): Promise<LandedFile> {
    const before = await this.landed.count(loading, place);
    if (before > 0) this.logger.log(`Going on with ${place.name} behind row ${before}`);
    let rows: number;
    try {
      rows = await this.landFrom(loading, place, before, signal, onRows);
    } catch (error) {
      if (!(error instanceof ChangedMeanwhileError)) throw error;
      this.logger.warn(`${place.name} has changed since it was landed in part; it is landed anew`);
      await this.landed.discard(loading, place);
      rows = await this.landFrom(loading, place, 0, signal, onRows);
    }
    const checksum = await this.landed.checksum(loading, place, rows);
    return { name: place.name, landed: rows, rejected: 0, checksum };
  }

  private async landFrom(
    loading: LoadingRelease,
    place: TablePlace,
    before: number,
    signal: AbortSignal,
    onRows: (done: number, total: number) => void,
  ): Promise<number> {
    // the last row that is there is asked for once more, to see that it is still the same
    const start = Math.max(before, 1);
    let done = before;
    // one page is being written while the next one is on its way
    let writing: Promise<void> = Promise.resolve();
    try {
      for await (const page of this.client.pages(place.name, { start, signal })) {
        signal.throwIfAborted();
        const fresh = await this.freshRows(loading, place, page, before);
        await writing;
        writing = this.landed.write(loading, place, page.end - fresh.length + 1, fresh).then(() => {
          done += fresh.length;
          onRows(done, page.total);
        });
        writing.catch(() => undefined); // awaited by the next page; until then nobody would be listening
      }
      await writing;
    } catch (error) {
      // what follows a failure may delete the landed rows: no page may arrive after that
      await writing.catch(() => undefined);
      const gone = error instanceof OnetNoDataError || error instanceof OnetRefusedError;
      if (gone && before > 0) throw new ChangedMeanwhileError();
      if (error instanceof OnetNoDataError) {
        if (place.optional === true) return 0;
        throw new ReleaseUnusableError(`The table ${place.name} of the O*NET Web Services has no rows.`);
      }
      throw error;
    }
    return done;
  }

  /** The rows of a page that are not landed yet. */
  private async freshRows(
    loading: LoadingRelease,
    place: TablePlace,
    page: OnetPage,
    before: number,
  ): Promise<readonly (readonly (string | null)[])[]> {
    const { rows } = toLandingRows(place.name, place.landingTable, page.rows);
    const [first = []] = rows;
    if (before === 0 || page.start !== before) return rows;
    if (!(await this.landed.holds(loading, place, before, first))) throw new ChangedMeanwhileError();
    return rows.slice(1);
  }
}
