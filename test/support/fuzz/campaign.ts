import fc from 'fast-check';
import type { Contract } from '../e2e/contract';
import type { Answer } from '../e2e/http';
import { CutOffError, exchangeRaw } from '../e2e/raw-exchange';
import { bytesOfRequest, type FuzzedRequest, type LiveThing, withLiveNames } from './fuzzed-request';
import { faultsOf, firstLineOf, type Hidden } from './judgement';

const AT_ONCE = 12;
/** As many requests are made at a time: all of them would fill the memory. */
const BATCH = 500;
const NOBODY = '3f0c8a52-6f0e-4d4e-9d0a-2b8f6c1d7e91';
const MAX_KEPT = 20;
const ID_OF_JOB = /^\/api\/v1\/jobs\/([0-9a-f-]{36})$/;

export interface CampaignOptions {
  /** Of the api, without a slash at the end. */
  readonly url: string;
  readonly contract: Contract;
  readonly requests: fc.Arbitrary<FuzzedRequest>;
  readonly seed: number;
  readonly adminKey: string;
  readonly hidden: Hidden;
}

/** Sends requests of which nobody knows what they are, and keeps what was wrong with the answers. */
export class Campaign {
  /** Each kind of fault once, with the request that it was first seen with. */
  readonly faults = new Map<string, string>();
  /** How often each origin was answered with each status; 0 where it was not answered at all. */
  readonly outcomes = new Map<string, Map<number, number>>();
  /** Requests that could have changed something, and were refused. */
  private readonly refused: Buffer[] = [];
  /** Jobs that answers have named, the newest first, and those that were cancelled. */
  private readonly jobs: string[] = [];
  private readonly cancelled: string[] = [];
  sent = 0;

  constructor(private readonly options: CampaignOptions) {}

  /** Sends the next so many. */
  async send(count: number): Promise<void> {
    const { requests, seed } = this.options;
    for (let left = count; left > 0; left -= BATCH) {
      const batch = fc.sample(requests, { numRuns: Math.min(left, BATCH), seed: seed + this.sent });
      this.sent += batch.length;
      await eachAtOnce(batch, AT_ONCE, (request) => this.exchange(request));
    }
  }

  /** Sends requests again, byte for byte, that were refused; returns how many were refused again. */
  async sendRefusedAgain(count: number): Promise<number> {
    let again = 0;
    await eachAtOnce(this.refused.slice(-count), AT_ONCE, async (bytes) => {
      const [answer] = await exchangeRaw(this.options.url, { bytes });
      if (answer !== undefined && isRefused(answer)) again++;
    });
    return again;
  }

  private async exchange(request: FuzzedRequest): Promise<void> {
    const find = (thing: LiveThing, place: number): string => this.find(thing, place);
    const live = { ...request, target: withLiveNames(request.target, find) };
    const bytes = bytesOfRequest(live);
    const { method, target } = firstLineOf(bytes);
    let answers: Answer[];
    try {
      answers = await exchangeRaw(this.options.url, {
        bytes,
        mayLackItsEnd: live.isBroken,
        isHead: method === 'HEAD',
      });
    } catch (error) {
      // a body that nobody reads resets the connection when it is closed
      if (error instanceof CutOffError && (live.isBroken || live.body !== '')) return;
      this.keep(error instanceof Error ? error.message : String(error), bytes);
      return;
    }
    const [answer, ...further] = answers;
    this.count(live.origin, answer?.status ?? 0);
    if (answer === undefined) {
      if (!live.isBroken && method !== 'CONNECT') this.keep('is not answered', bytes);
      return;
    }
    const { contract, hidden, adminKey } = this.options;
    const hasAdminKey = bytes.includes(adminKey);
    for (const fault of faultsOf({ method, target, hasAdminKey, answer }, contract, hidden)) {
      this.keep(`${answer.status} ${fault}`, bytes, answer);
    }
    for (const { status } of further) if (status >= 500) this.keep(`a further answer is ${status}`, bytes);
    // one that may be cut off may be complete the next time
    if (method === 'POST' && isRefused(answer) && !live.isBroken) this.refused.push(bytes);
    const [, job] = ID_OF_JOB.exec(answer.header('location') ?? '') ?? [];
    if (job === undefined) return;
    if (!this.jobs.includes(job)) this.jobs.unshift(job);
    if (target.endsWith('/cancel')) this.cancelled.unshift(job);
  }

  /** What was asked for last is least likely to be over. */
  private find(thing: LiveThing, place: number): string {
    if (thing === 'cancelled') return this.cancelled[place] ?? NOBODY;
    const index = thing === 'unfinished' ? place : this.jobs.length - 1 - place;
    return this.jobs[Math.max(0, Math.min(index, this.jobs.length - 1))] ?? NOBODY;
  }

  private count(origin: string, status: number): void {
    const counts = this.outcomes.get(origin) ?? new Map<number, number>();
    counts.set(status, (counts.get(status) ?? 0) + 1);
    this.outcomes.set(origin, counts);
  }

  private keep(fault: string, bytes: Buffer, answer?: Answer): void {
    if (this.faults.has(fault) || this.faults.size >= MAX_KEPT) return;
    const sent = JSON.stringify(bytes.toString('latin1').slice(0, 400));
    const told = answer === undefined ? '' : `\n  answer: ${answer.body.slice(0, 500)}`;
    this.faults.set(fault, `\n  request: ${sent}${told}`);
  }
}

/** What is in conflict with the present state, or about what is not there, may not be later. */
function isRefused({ status }: Answer): boolean {
  return status >= 400 && status < 500 && status !== 404 && status !== 409;
}

async function eachAtOnce<T>(items: readonly T[], atOnce: number, act: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of queue) await act(item);
    }),
  );
}
