import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** An HTTP server on 127.0.0.1 that answers as a test tells it to. */
export class StubServer {
  readonly requests: SeenRequest[] = [];
  private readonly answers: RequestListener[] = [];
  private server: Server | null = null;

  /** Without a slash at the end. */
  get url(): string {
    const { port } = this.server?.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** How the next requests are answered, one after the other; the last answer is given again to all that follow. */
  answer(...answers: readonly RequestListener[]): void {
    this.answers.push(...answers);
  }

  async start(): Promise<void> {
    this.requests.length = 0;
    this.answers.length = 0;
    this.server = createServer((request, response) => {
      this.requests.push({ path: request.url ?? '', headers: request.headers });
      const answer = this.answers.length > 1 ? this.answers.shift() : this.answers[0];
      if (answer === undefined) response.writeHead(501).end();
      else answer(request, response);
    });
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  async stop(): Promise<void> {
    if (this.server === null) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
    this.server = null;
  }
}

/** Starts a {@link StubServer} for every test of the calling `describe` or file, and stops it after the test. */
export function useStubServer(): StubServer {
  const server = new StubServer();
  beforeEach(() => server.start());
  afterEach(() => server.stop());
  return server;
}

const POLL_MS = 5;

/** Sends a part of an answer and hangs up once the client has done with it what it should. */
export async function cutOff(response: ServerResponse, part: Buffer, used: () => Promise<boolean>): Promise<void> {
  response.write(part);
  while (!response.destroyed && !(await used())) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  response.destroy();
}
