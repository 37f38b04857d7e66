import { setImmediate as nextTurn } from 'node:timers/promises';
import { OverloadGate, type ShedReason } from './overload-gate';

const LIMITS = { turnMs: 100, shedMs: 50, turnRequests: 3, recent: 5, unanswered: 8 };

describe('The gate', () => {
  let now: number;
  let gate: OverloadGate;

  beforeEach(() => {
    now = 1000;
    gate = new OverloadGate(LIMITS, () => now);
  });

  /** Lets so many requests through, which take so long each and are answered at once. */
  function serve(requests: number, ms: number): void {
    for (let i = 0; i < requests; i++) {
      expect(gate.refusal()).toBeNull();
      const leave = gate.begin();
      now += ms;
      leave();
    }
  }

  /** Begins requests that are not answered; returns what ends each. */
  function hold(requests: number): (() => void)[] {
    return Array.from({ length: requests }, () => {
      expect(gate.refusal()).toBeNull();
      return gate.begin();
    });
  }

  it('refuses what is taken up when a turn of the event loop has served requests for too long', () => {
    serve(4, 30);

    expect([gate.refusal(), gate.refusal()]).toEqual<ShedReason[]>(['behind', 'behind']);
  });

  it('serves again in the next turn', async () => {
    serve(4, 30);
    expect(gate.refusal()).toBe('behind');

    await nextTurn();

    serve(4, 30);
  });

  it('serves again in the same turn when it has refused requests for long enough', () => {
    serve(4, 30);
    expect(gate.refusal()).toBe('behind');
    now += 25;
    expect(gate.refusal()).toBe('behind');
    now += 25;

    serve(4, 30);

    expect(gate.refusal()).toBe('behind');
  });

  it('refuses requests for as long where those that it served in any case took longer than a turn may', () => {
    serve(3, 1000);
    expect(gate.refusal()).toBe('behind');
    now += 40;
    expect(gate.refusal()).toBe('behind');
    now += 10;

    serve(3, 1000);

    expect(gate.refusal()).toBe('behind');
  });

  it('serves the first requests of a turn, however long they take', () => {
    serve(3, 1000);
  });

  it('does not mind what the loop did while no request was there', async () => {
    serve(1, 0);
    await nextTurn();
    now += 10_000;

    serve(4, 20);
  });

  it('refuses one more than it may have under way, until one of them is answered', () => {
    const [leave] = hold(5);
    expect(gate.refusal()).toBe('in_flight');

    leave?.();

    expect(gate.refusal()).toBeNull();
  });

  it('does not count those that have waited for a second or two as under way', () => {
    hold(3);
    gate.nextSecond();
    hold(2);
    expect(gate.refusal()).toBe('in_flight');

    gate.nextSecond();

    hold(3);
    expect(gate.refusal()).toBe('in_flight');
  });

  it('refuses more than it has room for, however long they have waited', () => {
    const waiting = hold(4);
    gate.nextSecond();
    gate.nextSecond();
    waiting.push(...hold(4));
    gate.nextSecond();
    gate.nextSecond();
    expect(gate.refusal()).toBe('in_flight');

    for (const leave of waiting) leave();

    hold(5);
  });
});
