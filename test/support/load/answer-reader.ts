/** An answer as far as a load generator looks at it. */
export interface RawAnswer {
  readonly status: number;
  /** Status line and headers, as they came. */
  readonly head: string;
  readonly body: Buffer;
}

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const NONE = Buffer.alloc(0);

/** Cuts what comes on one connection into answers. Knows answers with a `Content-Length` only, which all of ours have. */
export class AnswerReader {
  private rest: Buffer = NONE;

  constructor(private readonly onAnswer: (answer: RawAnswer) => void) {}

  /** @throws Error where that is no answer */
  push(chunk: Buffer): void {
    let data = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    for (;;) {
      const endOfHead = data.indexOf(END_OF_HEAD);
      if (endOfHead === -1) break;
      const head = data.toString('latin1', 0, endOfHead);
      const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
      if (!head.startsWith('HTTP/1.1 ') || length === undefined) throw new Error(`Not understood: ${head}`);
      const begin = endOfHead + END_OF_HEAD.length;
      const end = begin + Number(length);
      if (data.length < end) break;
      this.onAnswer({ status: Number(head.slice(9, 12)), head, body: data.subarray(begin, end) });
      data = data.subarray(end);
    }
    this.rest = data;
  }
}
