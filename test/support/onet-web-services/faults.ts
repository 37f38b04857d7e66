import { type Answer, jsonAnswer } from '../stubs/answers';
import { type ConnectionFault, type StatusFault, withStatusFault } from '../stubs/faults';
import { pageAnswer } from './answers';
import type { SeenRequest } from './request-log';
import type { PageChange } from './service';
import type { OnetRow } from './tables';

/** What goes wrong with a request. */
export type Fault =
  | ConnectionFault
  | StatusFault
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

/** Whether a request can meet a fault: one in rows waits for a request for rows. */
export function canMeet({ tableId }: SeenRequest, { kind }: Fault): boolean {
  return tableId !== null || !(kind === 'rows' || kind === 'foreign-next');
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
    case 'status':
      return withStatusFault(jsonAnswer(fault.status, { error: 'A fault that a test asked for.' }), fault);
    case 'malformed':
      return { ...answer, status: 200, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) };
    case 'html':
      return pageAnswer(200, 'The Web Services are being maintained.');
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
