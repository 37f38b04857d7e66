import { connect, type Socket } from 'node:net';
import { AnswerReader, type RawAnswer } from './answer-reader';
import { Latencies } from './latencies';
import type { LoadPlan, LoadReport } from './load-plan';

/** How long the last answers are waited for, besides twice as long as the load lasted: many may still be due. */
const PATIENCE_MS = 30_000;
const FAULTS_TOLD = 10;

interface Connection {
  readonly socket: Socket;
  /** When the request was due that is under way; null where there is none. */
  due: number | null;
}

/**
 * Asks for one path at a given rate, or as fast as it is answered. On bare sockets, with bytes that are made beforehand: a
 * client of HTTP would need more of the machine than the server that it loads.
 */
export class Generator {
  private readonly request: Buffer;
  private readonly idle: Connection[] = [];
  private readonly connections: Connection[] = [];
  private readonly answers: Record<string, number> = {};
  private readonly faults: string[] = [];
  private faultCount = 0;
  private answered = 0;
  private answeredInTime = 0;
  private lost = 0;
  private readonly windows: readonly Latencies[];
  private readonly served = new Latencies();
  private readonly shed = new Latencies();
  private began = 0;
  private due = 0;
  /** Of those that are due, how many were sent or given up. */
  private taken = 0;
  private longestQueue = 0;
  private wasAnswered: () => void = () => undefined;

  constructor(private readonly plan: LoadPlan) {
    const { host } = new URL(plan.url);
    this.request = Buffer.from(`GET ${plan.path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    this.windows = Array.from({ length: plan.windows ?? 1 }, () => new Latencies());
  }

  async run(): Promise<LoadReport> {
    const { connections, seconds } = this.plan;
    for (let n = 0; n < connections; n++) this.idle.push(await this.open());
    this.began = performance.now();
    await new Promise<void>((resolve) => {
      const end = this.began + seconds * 1000;
      const patience = end + 2 * seconds * 1000 + PATIENCE_MS;
      const turn = (): void => {
        const now = performance.now();
        this.fall(Math.min(now, end));
        if (now < end) this.answeredInTime = this.answered;
        const isOver = now >= end && this.answered + this.lost >= this.due;
        if (isOver || now >= patience) resolve();
        else setTimeout(turn, 1);
      };
      this.wasAnswered = (): void => {
        if (this.plan.perSecond === undefined && performance.now() < end) this.due++;
        this.send();
      };
      if (this.plan.perSecond === undefined) this.due = connections;
      turn();
    });
    const ranMs = performance.now() - this.began;
    const missing = this.due - this.answered - this.lost;
    if (missing > 0) this.fault(`${missing} requests had no answer in time`, missing);
    for (const { socket } of this.connections) socket.destroy();
    return {
      due: this.due,
      answers: this.answers,
      faults: this.faults,
      faultCount: this.faultCount,
      answeredInTime: this.answeredInTime,
      perSecond: (this.answered / ranMs) * 1000,
      windows: this.windows.map((window) => window.summary()),
      served: this.served.summary(),
      shed: this.shed.summary(),
      longestQueue: this.longestQueue,
    };
  }

  /** Whatever is due by now is sent. */
  private fall(now: number): void {
    const { perSecond } = this.plan;
    if (perSecond !== undefined) this.due = Math.floor(((now - this.began) * perSecond) / 1000);
    this.send();
    this.longestQueue = Math.max(this.longestQueue, this.due - this.taken);
  }

  private send(): void {
    while (this.taken < this.due) {
      // in turn: a server closes connections on which nothing was ever asked
      const connection = this.idle.shift();
      if (connection === undefined) return;
      connection.due = this.dueAt(this.taken++);
      connection.socket.write(this.request);
    }
  }

  private dueAt(index: number): number {
    const { perSecond } = this.plan;
    return perSecond === undefined ? performance.now() : this.began + (index * 1000) / perSecond;
  }

  private async open(): Promise<Connection> {
    const { hostname, port } = new URL(this.plan.url);
    const socket = connect({ port: Number(port), host: hostname, noDelay: true });
    const connection: Connection = { socket, due: null };
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    const reader = new AnswerReader((answer) => {
      this.take(connection, answer);
    });
    socket.on('data', (chunk) => {
      try {
        reader.push(chunk);
      } catch (error) {
        this.fault(String(error), 1);
        socket.destroy();
      }
    });
    socket.on('error', (error) => {
      this.fault(`A connection broke: ${error.message}`, 0);
    });
    socket.on('close', () => {
      if (connection.due === null) return;
      this.lost++;
      this.fault('A connection was closed before the answer had come', 1);
    });
    this.connections.push(connection);
    return connection;
  }

  private take(connection: Connection, answer: RawAnswer): void {
    const { due } = connection;
    if (due === null) throw new Error('An answer to nothing');
    connection.due = null;
    this.answered++;
    this.answers[answer.status] = (this.answers[answer.status] ?? 0) + 1;
    const now = performance.now();
    const fault = faultOf(answer);
    if (fault !== null) this.fault(fault, 1);
    if (answer.status === 200) {
      this.served.add(now - due);
      const window = Math.floor(((due - this.began) / (this.plan.seconds * 1000)) * this.windows.length);
      this.windows[Math.min(window, this.windows.length - 1)]?.add(now - due);
    } else {
      this.shed.add(now - due);
    }
    this.idle.push(connection);
    this.wasAnswered();
  }

  private fault(what: string, count: number): void {
    this.faultCount += count;
    if (this.faults.length < FAULTS_TOLD) this.faults.push(what);
  }
}

/** What is wrong with an answer; null where it is one that a client can use. */
function faultOf({ status, head, body }: RawAnswer): string | null {
  const text = body.toString();
  try {
    const json = JSON.parse(text) as { readonly code?: unknown; readonly request_id?: unknown };
    if (status === 200) return null;
    const id = /\r\nx-request-id: (\S+)/i.exec(head)?.[1];
    const isShed =
      status === 503 &&
      /\r\nretry-after: \d+(\r|$)/i.test(head) &&
      /\r\ncontent-type: application\/problem\+json/i.test(head) &&
      json.code === 'OVERLOADED' &&
      json.request_id === id;
    return isShed ? null : `${head}\n${text}`;
  } catch {
    return `No JSON: ${head}\n${text}`;
  }
}
