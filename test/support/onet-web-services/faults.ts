import { type Answer, htmlAnswer, jsonAnswer } from './answers';
import type { RequestPredicate, SeenRequest } from './request-log';
import type { PageChange } from './service';
import type { OnetRow } from './tables';

/** What goes wrong with a request. */
export type Fault =
  /** Answered with this status; the body is JSON that says `error` unless given. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Never answered. */
  | { readonly kind: 'hang' }
  /** Half of the answer is sent, then the connection closes. */
  | { readonly kind: 'cut' }
  /** The connection is reset before any answer. */
  | { readonly kind: 'reset' }
  /** Status 200, and half of a JSON document as if it were whole. */
  | { readonly kind: 'malformed' }
  /** Status 200, and an HTML page. */
  | { readonly kind: 'html' }
  /** Status 200, and JSON of another shape. */
  | { readonly kind: 'wrong-shape' }
  /** Other rows in a page of rows; `total` and the links stay as they are. */
  | { readonly kind: 'rows'; readonly change: (rows: readonly OnetRow[]) => readonly unknown[] }
  /** A page of rows whose `next` names another host (which is the stub all the same), or the first page again. */
  | { readonly kind: 'foreign-next'; readonly to: 'another host' | 'first page' };

interface PlannedFault {
  readonly concerns: RequestPredicate;
  readonly fault: Fault;
  timesLeft: number;
}

/** Faults to come. Those planned first come first; a fault in rows waits for a request for rows. */
export class FaultPlan {
  private planned: PlannedFault[] = [];

  add(concerns: RequestPredicate, fault: Fault, times: number): void {
    this.planned.push({ concerns, fault, timesLeft: times });
  }

  clear(): void {
    this.planned = [];
  }

  /** The fault that a request meets. */
  take(request: SeenRequest): Fault | null {
    const found = this.planned.find(
      ({ concerns, fault, timesLeft }) =>
        timesLeft > 0 && (request.tableId !== null || !isFaultInPage(fault)) && concerns(request),
    );
    if (found === undefined) return null;
    found.timesLeft--;
    return found.fault;
  }
}

function isFaultInPage({ kind }: Fault): boolean {
  return kind === 'rows' || kind === 'foreign-next';
}

/** What a fault does to a page of rows. */
export function changeOfPage(fault: Fault | null): PageChange {
  return (page, pageUrl) => {
    // a page of the service has rows of its table
    if (fault?.kind === 'rows') return { ...page, rows: fault.change(page.rows as readonly OnetRow[]) };
    if (fault?.kind !== 'foreign-next') return page;
    const size = Math.max(1, page.end - page.start + 1);
    if (fault.to === 'first page') return { ...page, next: pageUrl(1, size) };
    const next = new URL(page.next ?? pageUrl(page.end + 1, page.end + size));
    next.hostname = 'localhost';
    return { ...page, next: next.href };
  };
}

/** What a fault puts in place of an answer; faults of the connection leave it as it is. */
export function replacedAnswer(answer: Answer, fault: Fault | null): Answer {
  switch (fault?.kind) {
    case 'status': {
      const usual = jsonAnswer(fault.status, { error: 'A fault that a test asked for.' });
      return {
        ...usual,
        headers: { ...usual.headers, ...fault.headers },
        body: fault.body ?? usual.body,
      };
    }
    case 'malformed':
      return { ...answer, status: 200, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) };
    case 'html':
      return htmlAnswer(200, 'The Web Services are being maintained.');
    case 'wrong-shape':
      return jsonAnswer(200, { status: 'ok', data: { items: [] } });
    case 'hang':
    case 'cut':
    case 'reset':
    case 'rows':
    case 'foreign-next':
    case undefined:
      return answer;
  }
}
