import type { Answer } from './answers';

/** What happens to the connection, whatever the answer is. */
export type ConnectionFault =
  /** Never answered. */
  | { readonly kind: 'hang' }
  /** Half of the answer is sent, then the connection closes. */
  | { readonly kind: 'cut' }
  /** The connection is reset before any answer. */
  | { readonly kind: 'reset' };

/** Answered with this status; the body is an error in the form of the service unless given. */
export interface StatusFault {
  readonly kind: 'status';
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answer of a status, with what a test wants to be different in it. */
export function withStatusFault(usual: Answer, { body = usual.body, headers }: StatusFault): Answer {
  return { ...usual, headers: { ...usual.headers, ...headers }, body };
}

interface PlannedFault<Request, Fault> {
  readonly concerns: (request: Request) => boolean;
  readonly fault: Fault;
  timesLeft: number;
}

/** Faults to come. Those planned first come first; a fault that a request cannot meet waits for one that can. */
export class FaultPlan<Request, Fault> {
  private planned: PlannedFault<Request, Fault>[] = [];

  constructor(private readonly canMeet: (request: Request, fault: Fault) => boolean) {}

  add(concerns: (request: Request) => boolean, fault: Fault, times: number): void {
    this.planned.push({ concerns, fault, timesLeft: times });
  }

  clear(): void {
    this.planned = [];
  }

  /** The fault that a request meets. */
  take(request: Request): Fault | null {
    const found = this.planned.find(
      ({ concerns, fault, timesLeft }) => timesLeft > 0 && this.canMeet(request, fault) && concerns(request),
    );
    if (found === undefined) return null;
    found.timesLeft--;
    return found.fault;
  }
}
