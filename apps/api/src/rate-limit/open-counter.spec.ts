import { setTimeout as sleep } from 'node:timers/promises';
import { OpenCounter } from './open-counter';
import type { RequestCount, RequestCounter } from './request-counter';

const TIMES = { waitMs: 30, retryMs: 100 };
const WINDOW_MS = 60_000;
const ONE: RequestCount = { current: 1, ttl: WINDOW_MS };

/** A counter that does as it is told, and what is said about it. */
class Rig {
  answer: () => Promise<RequestCount> = () => Promise.resolve(ONE);
  asked = 0;
  readonly said: string[] = [];
  readonly counter: OpenCounter;

  constructor() {
    const under: RequestCounter = {
      count: () => {
        this.asked++;
        return this.answer();
      },
      close: () => undefined,
    };
    const say = (text: string): void => void this.said.push(text);
    this.counter = new OpenCounter(under, { info: say, warn: say } as never, TIMES);
  }

  count(): Promise<RequestCount | null> {
    return this.counter.count('192.0.2.1', WINDOW_MS);
  }
}

const never = (): Promise<RequestCount> => new Promise(() => undefined);
const away = (): Promise<RequestCount> => Promise.reject(new Error('ECONNREFUSED'));

describe('A count that is to be had', () => {
  it('is given on, and nothing is said about it', async () => {
    const rig = new Rig();

    expect([await rig.count(), await rig.count()]).toEqual([ONE, ONE]);
    expect(rig.said).toEqual([]);
  });
});

describe.each([
  ['is away', away],
  ['hangs', never],
])('A counter that %s', (_, answer) => {
  it('lets requests through uncounted, and is complained of once', async () => {
    const rig = new Rig();
    rig.answer = answer;

    const counts = [await rig.count(), ...(await Promise.all(Array.from({ length: 50 }, () => rig.count())))];

    expect(new Set(counts)).toEqual(new Set([null]));
    expect(rig.said).toEqual([expect.stringMatching(/^Requests are let through uncounted until Redis answers: \S/)]);
  });

  it('is waited for by none but those that came before it was known', async () => {
    const rig = new Rig();
    rig.answer = answer;
    await Promise.all([rig.count(), rig.count()]);

    const begun = performance.now();
    for (let request = 0; request < 1000; request++) await rig.count();

    expect(performance.now() - begun).toBeLessThan(TIMES.retryMs * 2);
    expect(rig.asked).toBeLessThanOrEqual(4);
  });

  it('counts again by itself once it is back, which is said once', async () => {
    const rig = new Rig();
    rig.answer = answer;
    await rig.count();

    rig.answer = () => Promise.resolve(ONE);
    await sleep(TIMES.retryMs + 10);
    // tried beside the answer
    expect(await rig.count()).toBeNull();
    await sleep(0);

    expect([await rig.count(), await rig.count()]).toEqual([ONE, ONE]);
    expect(rig.said.slice(1)).toEqual(['Requests are counted again']);
  });
});

describe('A counter that answers too late', () => {
  it('does not count as back because of that', async () => {
    const rig = new Rig();
    rig.answer = () => sleep(TIMES.waitMs * 2, ONE);

    const first = await rig.count();
    await sleep(TIMES.waitMs * 2);

    expect([first, await rig.count()]).toEqual([null, null]);
    expect(rig.said).toHaveLength(1);
  });

  it('is not given up where it was this process that had no time to read the answer', async () => {
    const rig = new Rig();
    rig.answer = () => new Promise((resolve) => setImmediate(resolve, ONE));

    const counted = rig.count();
    for (const end = performance.now() + TIMES.waitMs * 2; performance.now() < end;);

    expect(await counted).toEqual(ONE);
  });
});
