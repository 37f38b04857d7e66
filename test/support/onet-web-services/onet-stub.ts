import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SmallRelease } from '../release-folder';
import { jsonAnswer } from '../stubs/answers';
import { HttpStub } from '../stubs/http-stub';
import { canMeet, changeOfPage, type Fault, replacedAnswer } from './faults';
import { KEY, PASSWORD, USERNAME, V19, V2 } from './protocols';
import { filesOfFolder, filesOfRelease } from './release-files';
import { type Layout, releaseTables } from './release-tables';
import { RequestLog, type SeenRequest } from './request-log';
import { answerTo, type ServiceState } from './service';
import { type OnetRow, OnetTable, type OnetTables } from './tables';

export interface OnetStubOptions {
  /** Skills in one table or in two; by default as in the release. */
  readonly layout?: Layout;
  /** A request is answered with 429 where more than these arrived in the second before it; 0, the default, for no limit. */
  readonly requestsPerSecond?: number;
  /** What a filter on an occupation without rows gets: status 422 (the default), or a page without rows. */
  readonly noData?: ServiceState['noData'];
  /** Status of the answer to invalid credentials; 401 by default. */
  readonly refusal?: ServiceState['refusal'];
  /** By default one that is free. */
  readonly port?: number;
}

/** The O*NET Web Services, versions 2 and 1.9, on 127.0.0.1: answers from a release, and fails as a test tells it to. */
export class OnetStub extends HttpStub<SeenRequest, Fault> {
  readonly key = KEY;
  readonly username = USERNAME;
  readonly password = PASSWORD;

  private readonly options: OnetStubOptions;
  private readonly firstTables: OnetTables;
  private readonly log = new RequestLog();
  private tables: OnetTables;

  private constructor(tables: OnetTables, options: OnetStubOptions) {
    super(options.port ?? 0, canMeet);
    this.options = options;
    this.firstTables = tables;
    this.tables = tables;
  }

  /** @throws StubError where the folder is not that of a text release */
  static async fromFolder(folder: string, options: OnetStubOptions = {}): Promise<OnetStub> {
    return new OnetStub(releaseTables(await filesOfFolder(folder), options.layout), options);
  }

  static fromRelease(release: SmallRelease, options: OnetStubOptions = {}): OnetStub {
    return new OnetStub(releaseTables(filesOfRelease(release), options.layout), options);
  }

  /** Base of version 2, without a slash at the end. */
  get v2Url(): string {
    return `${this.origin}${V2.basePath}`;
  }

  /** Base of version 1.9, without a slash at the end. */
  get v19Url(): string {
    return `${this.origin}${V19.basePath}`;
  }

  get requests(): readonly SeenRequest[] {
    return this.log.requests;
  }

  override reset(): void {
    super.reset();
    this.log.clear();
    this.tables = this.firstTables;
  }

  /** Requests for the rows of one occupation. */
  requestsFor(code: string): SeenRequest[] {
    return this.log.of(code);
  }

  /** The most requests that arrived within one second, wherever that second begins. */
  maxRequestsInAnySecond(): number {
    return this.log.maxInAnySecond();
  }

  /** Puts other rows into a table. */
  setRows(tableId: string, rows: readonly OnetRow[]): void {
    const table = this.tables.get(tableId);
    if (table === undefined) throw new Error(`There is no table ${tableId}`);
    this.tables = new Map(this.tables).set(tableId, new OnetTable(table.definition, rows));
  }

  /** Publishes another release, in its own layout unless the options name one. */
  replace(release: SmallRelease): void {
    this.tables = releaseTables(filesOfRelease(release), this.options.layout);
  }

  protected receive(incoming: IncomingMessage, response: ServerResponse): void {
    const request = this.log.add(incoming);
    const fault = this.faults.take(request);
    const { requestsPerSecond = 0, noData = 'error', refusal = 401 } = this.options;
    const usual =
      requestsPerSecond > 0 && this.log.inTheLastSecond() > requestsPerSecond
        ? jsonAnswer(429, { error: 'Too many requests.' })
        : answerTo(request, { origin: this.origin, tables: this.tables, noData, refusal }, changeOfPage(fault));
    const answer = replacedAnswer(usual, fault);
    this.respond(response, answer, fault);
  }
}
