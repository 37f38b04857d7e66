import { connect } from 'node:net';
import { Answer } from './http';

/** What may have been sent only in part is ended after this time, so that the server need not wait for the rest. */
const REST_MS = 300;
const TIMEOUT_MS = 10_000;
const END_OF_HEAD = '\r\n\r\n';
/** Says that the body is waited for, and comes before the answer. */
const INTERIM = /^HTTP\/1\.1 1\d\d .*?\r\n\r\n/s;
const EVENT_STREAM = /^content-type: *text\/event-stream/im;

/** An answer that ends before it should. */
export class CutOffError extends Error {
  override readonly name = 'CutOffError';
}

export interface RawRequest {
  readonly bytes: Buffer;
  /** Whether the bytes may say that there is more to come than there is. */
  readonly mayLackItsEnd?: boolean;
  /** The answer to HEAD has no body, whatever its headers say. */
  readonly isHead?: boolean;
}

/**
 * Sends bytes as they are on a connection of their own, be they a request or not, and returns the answers that come, in
 * order: none where the server just closed the connection. Of a stream of events only the head is waited for.
 *
 * @throws CutOffError where the connection is closed within an answer
 * @throws Error where what comes is no HTTP, or nothing comes and the connection stays open
 */
export async function exchangeRaw(
  url: string,
  { bytes, mayLackItsEnd = false, isHead = false }: RawRequest,
): Promise<Answer[]> {
  const { hostname, port } = new URL(url);
  const received: Buffer[] = [];
  await new Promise<void>((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const ending = mayLackItsEnd ? setTimeout(() => socket.end(), REST_MS) : undefined;
    socket.setTimeout(TIMEOUT_MS, () => {
      reject(new Error('The server neither answered nor closed the connection'));
      socket.destroy();
    });
    socket.write(bytes);
    socket.on('data', (data) => {
      received.push(data);
      if (isStreamOfEvents(received)) socket.destroy();
    });
    // a server that refuses a request may close the connection before it has read all of it
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(ending);
      resolve();
    });
  });
  return readAnswers(Buffer.concat(received), isHead);
}

function isStreamOfEvents(received: readonly Buffer[]): boolean {
  const [head = '', body] = Buffer.concat(received).toString('latin1').replace(INTERIM, '').split(END_OF_HEAD);
  return body !== undefined && EVENT_STREAM.test(head);
}

/** @throws Error where the bytes are no answers of HTTP */
function readAnswers(bytes: Buffer, isHead: boolean): Answer[] {
  const answers: Answer[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const end = rest.indexOf(END_OF_HEAD);
    const [statusLine = '', ...lines] = rest.subarray(0, Math.max(end, 0)).toString('latin1').split('\r\n');
    const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(statusLine) ?? [];
    if (status === undefined) throw new Error(`No answer of HTTP: ${JSON.stringify(rest.toString('latin1', 0, 200))}`);
    const headers = headersOf(lines);
    rest = rest.subarray(end + END_OF_HEAD.length);
    // an interim answer
    if (status.startsWith('1')) continue;
    // what cannot be read as a request is answered with a body, though it may have begun with HEAD
    const hasNone = isHead && (rest.length === 0 || rest.toString('latin1', 0, 5) === 'HTTP/');
    const hasBody = !hasNone && status !== '204' && status !== '304';
    const body = hasBody ? bodyOf(rest, headers) : { text: '', rest };
    rest = body.rest;
    answers.push(new Answer(Number(status), headers, body.text));
  }
  return answers;
}

function headersOf(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  return headers;
}

interface Body {
  readonly text: string;
  /** What comes behind it. */
  readonly rest: Buffer;
}

function bodyOf(bytes: Buffer, headers: Readonly<Record<string, string>>): Body {
  if (headers['transfer-encoding'] === 'chunked') return chunkedBody(bytes);
  const length = headers['content-length'] === undefined ? bytes.length : Number(headers['content-length']);
  if (bytes.length < length) throw new CutOffError(`The answer ends after ${bytes.length} of ${length} bytes`);
  return { text: bytes.toString('utf8', 0, length), rest: bytes.subarray(length) };
}

function chunkedBody(bytes: Buffer): Body {
  const chunks: Buffer[] = [];
  let rest = bytes;
  for (;;) {
    const end = rest.indexOf('\r\n');
    const size = end === -1 ? NaN : parseInt(rest.toString('latin1', 0, end), 16);
    // a stream of events that was not waited for
    if (Number.isNaN(size)) return { text: Buffer.concat(chunks).toString('utf8'), rest: Buffer.alloc(0) };
    chunks.push(rest.subarray(end + 2, end + 2 + size));
    rest = rest.subarray(end + 2 + size + 2);
    if (size === 0) return { text: Buffer.concat(chunks).toString('utf8'), rest };
  }
}
