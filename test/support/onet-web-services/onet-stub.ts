import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SmallRelease } from '../release-folder';
import { jsonAnswer } from './answers';
import { deliver } from './deliver';
import { changeOfPage, type Fault, FaultPlan, replacedAnswer } from './faults';
import { KEY, PASSWORD, USERNAME, V19, V2 } from './protocols';
import { filesOfFolder, filesOfRelease } from './release-files';
import { type Layout, releaseTables } from './release-tables';
import { RequestLog, type RequestPredicate, type SeenRequest } from './request-log';
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
export class OnetStub {
  readonly key = KEY;
  readonly username = USERNAME;
  readonly password = PASSWORD;
  /** By how long every answer is delayed. */
  latencyMs = 0;

  private readonly options: OnetStubOptions;
  private readonly firstTables: OnetTables;
  private readonly log = new RequestLog();
  private readonly faults = new FaultPlan();
  private tables: OnetTables;
  private server: Server | null = null;
  private port: number;

  private constructor(tables: OnetTables, options: OnetStubOptions) {
    this.options = options;
    this.firstTables = tables;
    this.tables = tables;
    this.port = options.port ?? 0;
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

  /** Every request since the start or the last reset, in the order of arrival. */
  get requests(): readonly SeenRequest[] {
    return this.log.requests;
  }

  /** Listens; after a stop on the port it had before, as a service that is back. */
  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      this.receive(request, response);
    });
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Closes every connection, those without an answer too. */
  async stop(): Promise<void> {
    if (this.server === null) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
    this.server = null;
  }

  /** Forgets requests, faults, latency and changes of the data; while stopped, the port too. */
  reset(): void {
    // others may take the port of a test that is over
    if (this.server === null) this.port = this.options.port ?? 0;
    this.log.clear();
    this.faults.clear();
    this.latencyMs = 0;
    this.tables = this.firstTables;
  }

  /** Requests for the rows of one occupation. */
  requestsFor(code: string): SeenRequest[] {
    return this.log.of(code);
  }

  countOf(predicate: RequestPredicate): number {
    return this.requests.filter(predicate).length;
  }

  /** The most requests that arrived within one second, wherever that second begins. */
  maxRequestsInAnySecond(): number {
    return this.log.maxInAnySecond();
  }

  /** The next requests fail, whatever they ask for. */
  failNext(fault: Fault, times = 1): void {
    this.failOn(() => true, fault, times);
  }

  /** All requests fail, until {@link heal}. */
  failWhile(fault: Fault): void {
    this.failOn(() => true, fault);
  }

  /** Requests that satisfy a predicate fail: so many times, or until {@link heal}. */
  failOn(predicate: RequestPredicate, fault: Fault, times = Infinity): void {
    this.faults.add(predicate, fault, times);
  }

  /** Nothing fails any more; requests that hang stay without an answer. */
  heal(): void {
    this.faults.clear();
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

  private get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  private receive(incoming: IncomingMessage, response: ServerResponse): void {
    const request = this.log.add(incoming);
    const fault = this.faults.take(request);
    const { requestsPerSecond = 0, noData = 'error', refusal = 401 } = this.options;
    const usual =
      requestsPerSecond > 0 && this.log.inTheLastSecond() > requestsPerSecond
        ? jsonAnswer(429, { error: 'Too many requests.' })
        : answerTo(request, { origin: this.origin, tables: this.tables, noData, refusal }, changeOfPage(fault));
    const answer = replacedAnswer(usual, fault);
    if (this.latencyMs === 0) deliver(response, answer, fault);
    // an answer that is still waiting keeps no process alive
    else setTimeout(deliver, this.latencyMs, response, answer, fault).unref();
  }
}
