import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { JobView } from './admin-client';

/** A server-sent event. */
export interface JobEvent {
  readonly event: string;
  readonly id: string;
  readonly job: JobView;
}

/** Reads what a stream of job events said. @throws Error where it is no such stream */
export function parseEvents(text: string): JobEvent[] {
  if (text !== '' && !text.endsWith('\n\n')) throw new Error(`The stream ends in the middle of an event: ${text}`);
  return text
    .split('\n\n')
    .filter((block) => block !== '' && !block.startsWith(':'))
    .map((block) => {
      const [, event = '', id = '', data = ''] = /^event: (\S+)\nid: (\S+)\ndata: (.+)$/.exec(block) ?? [];
      return { event, id, job: JSON.parse(data) as JobView };
    });
}

/** A stream that is read while it goes on. */
export class EventStream {
  text = '';
  /** Fulfilled when the server has ended it; rejected where the connection breaks. */
  readonly ended: Promise<void>;

  private constructor(
    private readonly sent: ClientRequest,
    readonly response: IncomingMessage,
  ) {
    response.setEncoding('utf8').on('data', (part: string) => (this.text += part));
    this.ended = once(response, 'end').then(() => undefined);
    // told by whoever waits for the end; until then nobody would be listening
    this.ended.catch(() => undefined);
  }

  static async open(url: string, headers: Readonly<Record<string, string>> = {}): Promise<EventStream> {
    const sent = request(url, { agent: false, headers });
    sent.on('error', () => undefined);
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return new EventStream(sent, response);
  }

  /** Hangs up. */
  close(): void {
    this.sent.destroy();
  }
}
