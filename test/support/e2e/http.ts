import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';

/** The longest that anybody is made to wait: for a database that says nothing. */
const TIMEOUT_MS = 30_000;

export interface Request {
  readonly method?: string;
  /** Path and query as they go over the wire. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What came back, with the whole body. */
export class Answer {
  constructor(
    readonly status: number,
    readonly headers: IncomingHttpHeaders,
    readonly body: string,
  ) {}

  json(): unknown {
    return JSON.parse(this.body);
  }

  header(name: string): string | undefined {
    const value = this.headers[name.toLowerCase()];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  /** Without parameters such as the charset. */
  get mediaType(): string | undefined {
    return this.header('content-type')?.replace(/;.*$/s, '').trim();
  }
}

/** Sends one request on a connection of its own. Nothing is added to it, corrected or followed. */
export async function send(baseUrl: string, { method = 'GET', path, headers, body }: Request): Promise<Answer> {
  const { hostname, port } = new URL(baseUrl);
  const sent = httpRequest({ hostname, port, method, path, headers: { ...headers }, agent: false });
  sent.setTimeout(TIMEOUT_MS, () => sent.destroy(new Error(`No answer to ${method} ${path} in ${TIMEOUT_MS} ms`)));
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  // a server that refuses a body may close the connection before it has read all of it
  sent.on('error', () => undefined);
  return new Answer(response.statusCode ?? 0, response.headers, await text(response));
}
