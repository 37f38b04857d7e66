import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answer } from './answers';
import { deliver } from './deliver';
import { FaultPlan } from './faults';

/** A service on 127.0.0.1 that fails as a test tells it to; what it answers is up to the one that it stands in for. */
export abstract class HttpStub<Request, Fault extends { readonly kind: string }> {
  /** By how long every answer is delayed. */
  latencyMs = 0;

  protected readonly faults: FaultPlan<Request, Fault>;
  private server: Server | null = null;
  private port: number;

  /**
   * @param firstPort 0 for one that is free
   * @param canMeet whether a fault has something to damage in the answer to a request
   */
  protected constructor(
    private readonly firstPort: number,
    canMeet: (request: Request, fault: Fault) => boolean,
  ) {
    this.port = firstPort;
    this.faults = new FaultPlan(canMeet);
  }

  /** Every request since the start or the last reset, in the order of arrival. */
  abstract get requests(): readonly Request[];

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

  /** Forgets requests, faults, latency and whatever a test has changed; while stopped, the port too. */
  reset(): void {
    // others may take the port of a test that is over
    if (this.server === null) this.port = this.firstPort;
    this.faults.clear();
    this.latencyMs = 0;
  }

  countOf(predicate: (request: Request) => boolean): number {
    return this.requests.filter(predicate).length;
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
  failOn(predicate: (request: Request) => boolean, fault: Fault, times = Infinity): void {
    this.faults.add(predicate, fault, times);
  }

  /** Nothing fails any more; requests that hang stay without an answer. */
  heal(): void {
    this.faults.clear();
  }

  protected get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  protected abstract receive(request: IncomingMessage, response: ServerResponse): void;

  /** Sends an answer after the latency, and so much later still. */
  protected respond(response: ServerResponse, answer: Answer, fault: Fault | null, furtherMs = 0): void {
    const delayMs = this.latencyMs + furtherMs;
    if (delayMs === 0) deliver(response, answer, fault);
    // an answer that is still waiting keeps no process alive
    else setTimeout(deliver, delayMs, response, answer, fault).unref();
  }
}
