import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { countOfLast } from '../stubs/arrivals';
import { HttpStub } from '../stubs/http-stub';
import { canMeet, type Fault, replacedAnswer } from './faults';
import { errorAnswer } from './google-errors';
import { levelFor } from './levels';
import { type SeenRequest, seenRequest } from './request-log';
import { answerTo, KEY } from './service';

const MODEL_VERSION = 'gemini-3.5-flash';
const MINUTE_MS = 60_000;

export interface GeminiStubOptions {
  /** The model behind an alias; see {@link GeminiStub.modelVersion}. */
  readonly modelVersion?: string;
  /** A request is answered with 429 where more than these arrived in the minute before it; 0, the default, for no limit. */
  readonly requestsPerMinute?: number;
  /** By default one that is free. */
  readonly port?: number;
}

/**
 * Google Gemini's REST API on 127.0.0.1: composes replies from the response schema of a request alone, and fails as a
 * test tells it to.
 */
export class GeminiStub extends HttpStub<SeenRequest, Fault> {
  readonly key = KEY;
  /** The model that answers where an alias was asked for (`gemini-flash-latest`). */
  modelVersion: string;

  private readonly options: GeminiStubOptions;
  private readonly seen: SeenRequest[] = [];
  private readonly levels = new Map<string, Readonly<Record<string, number | null>>>();
  private inFlight = 0;
  private mostInFlight = 0;

  constructor(options: GeminiStubOptions = {}) {
    super(options.port ?? 0, canMeet);
    this.options = options;
    this.modelVersion = options.modelVersion ?? MODEL_VERSION;
  }

  /** What `GEMINI_BASE_URL` wants: without a slash and without a version. */
  get url(): string {
    return this.origin;
  }

  /** A request arrives once its body has. */
  get requests(): readonly SeenRequest[] {
    return this.seen;
  }

  /** The most requests that were waiting for an answer at once. */
  get concurrency(): { readonly max: number } {
    return { max: this.mostInFlight };
  }

  override reset(): void {
    super.reset();
    this.seen.length = 0;
    this.levels.clear();
    this.mostInFlight = this.inFlight;
    this.modelVersion = this.options.modelVersion ?? MODEL_VERSION;
  }

  /** Requests for an assessment of one occupation. */
  assessmentsOf(code: string): SeenRequest[] {
    return this.seen.filter((request) => request.kind === 'assessment' && request.code === code);
  }

  /** Overrules levels of one occupation, even with what a schema rules out; skills that are not named keep theirs. */
  setLevels(code: string, levels: Readonly<Record<string, number | null>>): void {
    this.levels.set(code, { ...this.levels.get(code), ...levels });
  }

  /** The level that an assessment gives; null for "cannot say", which it does only where a test has set it. */
  levelOf(code: string, skillName: string): number | null {
    const own = this.levels.get(code)?.[skillName];
    return own === undefined ? levelFor(code, skillName) : own;
  }

  protected receive(incoming: IncomingMessage, response: ServerResponse): void {
    this.inFlight++;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    response.once('close', () => this.inFlight--);
    text(incoming).then(
      (body) => {
        this.answer(seenRequest(incoming, body), response);
      },
      // a client that hangs up in the middle of its request wants no answer
      () => undefined,
    );
  }

  private answer(request: SeenRequest, response: ServerResponse): void {
    this.seen.push(request);
    const fault = this.faults.take(request);
    this.respond(response, this.answerTo(request, fault), fault, fault?.kind === 'slow' ? fault.ms : 0);
  }

  private answerTo(request: SeenRequest, fault: Fault | null): ReturnType<typeof errorAnswer> {
    const { requestsPerMinute = 0 } = this.options;
    const state = {
      modelVersion: this.modelVersion,
      levelOf: (code: string, skillName: string) => this.levelOf(code, skillName),
      responseId: `stub-response-${this.seen.length}`,
      isExhausted: requestsPerMinute > 0 && countOfLast(MINUTE_MS, this.seen) > requestsPerMinute,
    };
    try {
      return replacedAnswer(answerTo(request, state, fault), fault);
    } catch (error) {
      // a change of a test that does not fit the reply shows where the answer is looked at, and ends no process
      return errorAnswer(500, String(error));
    }
  }
}
