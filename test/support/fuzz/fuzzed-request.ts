/** A request as it is to be sent; all its texts are bytes, a character each. */
export interface FuzzedRequest {
  /** The operation of the document that it was made from, such as `GET /health`, or what else it is. */
  readonly origin: string;
  readonly method: string;
  readonly target: string;
  readonly version: string;
  /** In the order of the wire; a name may be there more than once. */
  readonly headers: readonly Header[];
  readonly body: string;
  /** Whether its framing is broken: the server may close the connection without an answer. */
  readonly isBroken: boolean;
}

export type Header = readonly [name: string, value: string];

/** Things that come and go while requests are sent; their names in a request are replaced when it is sent. */
export type LiveThing = 'job' | 'unfinished' | 'cancelled';

/** Stands in a request for the newest thing but `place`. */
export function liveName(thing: LiveThing, place: number): string {
  return `~${thing}${place}~`;
}

/** @param find the id of the newest thing but `place` */
export function withLiveNames(text: string, find: (thing: LiveThing, place: number) => string): string {
  return text.replace(/~(job|unfinished|cancelled)(\d)~/g, (_, thing: LiveThing, place: string) =>
    find(thing, Number(place)),
  );
}

export function bytesOfRequest({ method, target, version, headers, body }: FuzzedRequest): Buffer {
  const firstLine = [method, target, version].filter((part) => part !== '').join(' ');
  const lines = [firstLine, ...headers.map(([name, value]) => `${name}: ${value}`)];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1');
}
