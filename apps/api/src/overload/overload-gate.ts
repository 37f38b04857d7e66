/** Why a request is not served. */
export type ShedReason =
  /** It has waited too long already, behind those that came with it. */
  | 'behind'
  /** Too many others are not answered yet. */
  | 'in_flight';

/** How much is too much. */
export interface OverloadLimits {
  /** For how long one turn of the event loop may serve requests, in ms. */
  readonly turnMs: number;
  /** For how long it may refuse the others, before it serves again, in ms. */
  readonly shedMs: number;
  /** So many requests of a turn are served in any case. */
  readonly turnRequests: number;
  /** Requests of the last one to two seconds that are not answered yet. */
  readonly recent: number;
  /** Requests of whatever age that are not answered yet. */
  readonly unanswered: number;
}

/**
 * All requests that a turn of the event loop finds had come before it began: one that is taken up after 100 ms of it has
 * waited as long, whatever its connection. Gaps take some 50 µs, so that 64 connections that never pause fill 3 ms, and
 * a thousand 50 ms. The least number lets everybody in who asks for a few hundred things at once, also where that takes
 * longer: of a process that was only just started, whose code is not compiled yet, or that is denied the processor.
 * While there is always more on a thousand connections, libuv goes on with the same turn; requests are then served at
 * least half of the time, however many there are.
 *
 * What waits for somebody else (the LLM, a pull, the events of a job) is older than that soon, and counts as unanswered
 * only; it is bounded where it begins to wait (waiting-requests.ts).
 */
export const OVERLOAD_LIMITS: OverloadLimits = {
  turnMs: 100,
  shedMs: 100,
  turnRequests: 500,
  recent: 1000,
  unanswered: 5000,
};

/** Requests that began within the same second. */
class Cohort {
  unanswered = 0;

  constructor(private readonly onLeave: () => void) {}

  /** One function for all of them, so that a request costs none of its own. */
  readonly leave = (): void => {
    this.unanswered--;
    this.onLeave();
  };
}

/** Decides, for some hundred nanoseconds, whether a process can take one more request. */
export class OverloadGate {
  private unanswered = 0;
  private current = this.cohort();
  private previous = this.cohort();
  private isInTurn = false;
  private turnBegan = 0;
  private turnRequests = 0;
  /** Null where nothing of this turn was refused yet. */
  private shedUntil: number | null = null;

  constructor(
    private readonly limits = OVERLOAD_LIMITS,
    private readonly now = (): number => performance.now(),
  ) {}

  /** Why a request that comes now is not to be served; null where it is. */
  refusal(): ShedReason | null {
    const { recent, unanswered } = this.limits;
    if (this.isBehind()) return 'behind';
    const isFull = this.current.unanswered + this.previous.unanswered >= recent || this.unanswered >= unanswered;
    return isFull ? 'in_flight' : null;
  }

  /** A request is served from now on; what is returned is to be called once when that is over. */
  begin(): () => void {
    this.turnRequests++;
    this.unanswered++;
    this.current.unanswered++;
    return this.current.leave;
  }

  /** To be called every second: tells requests that wait for something from those that were only just begun. */
  nextSecond(): void {
    this.previous = this.current;
    this.current = this.cohort();
  }

  private isBehind(): boolean {
    if (!this.isInTurn) {
      this.isInTurn = true;
      // comes after all that the loop has found on its connections
      setImmediate(this.endTurn);
    } else {
      if (this.turnRequests < this.limits.turnRequests) return false;
      const now = this.now();
      if (now - this.turnBegan <= this.limits.turnMs) return false;
      this.shedUntil ??= now + this.limits.shedMs;
      if (now < this.shedUntil) return true;
    }
    this.turnRequests = 0;
    this.turnBegan = this.now();
    this.shedUntil = null;
    return false;
  }

  private readonly endTurn = (): void => {
    this.isInTurn = false;
  };

  private cohort(): Cohort {
    return new Cohort(() => this.unanswered--);
  }
}
