import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

const TIMEOUT_MS = 15_000;

/** A request of which the server has the beginning, and waits for the rest. */
export class HalfSentRequest {
  private constructor(
    private readonly socket: Socket,
    private readonly answered: Promise<string>,
  ) {}

  static async send(url: string, path: string): Promise<HalfSentRequest> {
    const { hostname, port, host } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('The server did not answer')));
    await once(socket, 'connect');
    // a server that has ended has no use for the rest
    socket.on('error', () => undefined);
    const answered = text(socket);
    // told by complete(); until then nobody would be listening
    answered.catch(() => undefined);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n`);
    return new HalfSentRequest(socket, answered);
  }

  /** Sends the rest; returns status line, headers and body as they came, once the server has closed the connection. */
  async complete(): Promise<string> {
    this.socket.write('Connection: close\r\n\r\n');
    return this.answered;
  }
}
