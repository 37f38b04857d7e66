import { Agent, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { GAP_PATHS } from './expected-gaps';

const TIMEOUT_MS = 10_000;
const FAULTS_TOLD = 10;

/** Asks one api for gaps at a steady rate, and compares each answer with what it must be by its release. */
export class SteadyGaps {
  asked = 0;
  /** Answers that were right. */
  right = 0;
  /** Releases in the order in which they were first seen. */
  readonly releases: string[] = [];
  /** Answers that were wrong: never what a client should see. */
  readonly wrong: string[] = [];
  /** Requests that failed, and how. */
  readonly failures: string[] = [];
  failed = 0;
  slowestMs = 0;
  private readonly agent = new Agent({ keepAlive: true });
  private readonly timer: NodeJS.Timeout;
  private readonly began = performance.now();
  private underWay = 0;
  private idle: () => void = () => undefined;

  /** @param expected answers by release and path */
  constructor(
    private readonly url: string,
    private readonly expected: ReadonlyMap<string, ReadonlyMap<string, string>>,
    private readonly perSecond: number,
  ) {
    this.timer = setInterval(() => {
      this.send();
    }, 5);
  }

  /** Ends when the last answer has come. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    if (this.underWay > 0) await new Promise<void>((resolve) => (this.idle = resolve));
    this.agent.destroy();
  }

  private send(): void {
    const due = Math.floor(((performance.now() - this.began) * this.perSecond) / 1000);
    while (this.asked < due) void this.ask(GAP_PATHS[this.asked++ % GAP_PATHS.length]!);
  }

  private async ask(path: string): Promise<void> {
    this.underWay++;
    const began = performance.now();
    const newest = this.releases.length - 1;
    try {
      const { status, body } = await this.fetch(path);
      if (status === 200) this.check(path, body, newest);
      else this.fail(`${status} ${body}`);
    } catch (error) {
      this.fail(String(error));
    }
    this.slowestMs = Math.max(this.slowestMs, performance.now() - began);
    if (--this.underWay === 0) this.idle();
  }

  private fetch(path: string): Promise<{ readonly status: number; readonly body: string }> {
    return new Promise((resolve, reject) => {
      const request = get(`${this.url}${path}`, { agent: this.agent, timeout: TIMEOUT_MS }, (response) => {
        text(response).then((body) => {
          resolve({ status: response.statusCode ?? 0, body });
        }, reject);
      });
      request.on('timeout', () => request.destroy(new Error(`No answer in ${TIMEOUT_MS} ms`)));
      request.on('error', reject);
    });
  }

  /** @param newest what had been seen when the request was sent: nothing older is right */
  private check(path: string, body: string, newest: number): void {
    const { release } = JSON.parse(body) as { readonly release: string };
    if (!this.releases.includes(release)) this.releases.push(release);
    const wentBack = this.releases.indexOf(release) < newest;
    if (wentBack || this.expected.get(release)?.get(path) !== body) {
      if (this.wrong.length < FAULTS_TOLD)
        this.wrong.push(`${path}${wentBack ? ', of a release that was replaced' : ''}: ${body}`);
      return;
    }
    this.right++;
  }

  private fail(what: string): void {
    this.failed++;
    if (this.failures.length < FAULTS_TOLD) this.failures.push(what);
  }
}
