import { Inject, Injectable } from '@nestjs/common';
import { AppConfig } from '@app/config';
import { isJsonObject } from './answers/json';
import { nextRange, readPage, type RowRange } from './answers/page';
import { readTables, skillTablesAmong } from './answers/tables';
import { OnetMalformedError, OnetNoDataError, OnetNotConfiguredError, OnetRefusedError } from './onet-errors';
import type { OnetPage, OnetRow, OnetRowsOptions, OnetTable } from './onet-types';
import { protocolOf } from './protocols/protocol-of';
import { rowsRequest, TABLES_REQUEST } from './requests/onet-request';
import { OnetRequests } from './requests/onet-requests';

/** As many as the Web Services deliver at once. */
const MAX_PAGE_SIZE = 2000;
/** How long the list of tables is not asked for again; they change with a release, a few times a year. */
const TABLES_HOLD_MS = 60 * 60 * 1000;

/**
 * The database part of the O*NET Web Services, in version 2 or 1.9 as the credentials say. Every request is made within
 * the limits of {@link RequestBudget}. Besides the errors that each method names, all of them end with the signal's
 * reason, or with the error of the database where it is away: no request goes out uncounted.
 */
@Injectable()
export class OnetClient {
  private known: { readonly tables: readonly OnetTable[]; readonly atMs: number } | null = null;

  constructor(
    @Inject(AppConfig) private readonly config: AppConfig,
    private readonly requests: OnetRequests,
  ) {}

  /** Whether there are credentials; without them every call fails. */
  get configured(): boolean {
    return this.config.onetApi !== null;
  }

  /**
   * The tables there are, remembered for an hour.
   *
   * @throws OnetError
   */
  async tables(signal: AbortSignal): Promise<readonly OnetTable[]> {
    if (this.known !== null && performance.now() - this.known.atMs < TABLES_HOLD_MS) return this.known.tables;
    return this.discover(signal);
  }

  /**
   * Ids of the tables that hold the ratings of the skills: two from release 30.3 on, one before.
   *
   * @throws OnetError of kind `malformed` where there are none
   */
  async skillTables(signal: AbortSignal): Promise<readonly string[]> {
    return skillTablesAmong(await this.tables(signal), TABLES_REQUEST.about);
  }

  /**
   * Sees that the credentials are good, with a request of its own.
   *
   * @throws OnetError of kind `bad-credentials` where they are not
   */
  async check(signal: AbortSignal): Promise<void> {
    await this.discover(signal);
  }

  /**
   * The rows of a table, a page at a time, in the order of the Web Services where no other is asked for.
   *
   * @throws OnetError of kind `no-data` where there is no row
   */
  async *pages(table: string, options: OnetRowsOptions): AsyncGenerator<OnetPage, void, undefined> {
    const { onetApi } = this.config;
    if (onetApi === null) throw new OnetNotConfiguredError();
    const protocol = protocolOf(onetApi.credentials);
    const { start = 1, pageSize = MAX_PAGE_SIZE, signal } = options;
    let range: RowRange | null = { start, end: start + pageSize - 1 };
    let total: number | null = null;
    while (range !== null) {
      const request = rowsRequest(table, range, options, total === null);
      const { about } = request;
      const body = await this.requests.get(request, signal).catch((error: unknown) => {
        // the tables may be others by now
        if (error instanceof OnetRefusedError) this.known = null;
        throw error;
      });
      if (!isJsonObject(body)) throw new OnetMalformedError(about, 'it is no page of rows');
      const page = readPage(body, range, total, about);
      if (page === null) throw new OnetNoDataError(`The O*NET Web Services have no data for ${about}.`);
      ({ total } = page);
      range = nextRange(protocol.nextPage(body), page, about);
      yield page;
    }
  }

  /**
   * All rows of all pages.
   *
   * @throws OnetError of kind `no-data` where there is no row
   */
  async rows(table: string, options: OnetRowsOptions): Promise<OnetRow[]> {
    const rows: OnetRow[] = [];
    for await (const page of this.pages(table, options)) rows.push(...page.rows);
    return rows;
  }

  /**
   * As {@link rows}; none where there are none.
   *
   * @throws OnetError
   */
  async rowsIfAny(table: string, options: OnetRowsOptions): Promise<OnetRow[]> {
    try {
      return await this.rows(table, options);
    } catch (error) {
      if (error instanceof OnetNoDataError) return [];
      throw error;
    }
  }

  private async discover(signal: AbortSignal): Promise<readonly OnetTable[]> {
    const tables = readTables(await this.requests.get(TABLES_REQUEST, signal), TABLES_REQUEST.about);
    this.known = { tables, atMs: performance.now() };
    return tables;
  }
}
