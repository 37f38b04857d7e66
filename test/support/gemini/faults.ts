import { type Answer, htmlAnswer } from '../stubs/answers';
import { type ConnectionFault, type StatusFault, withStatusFault } from '../stubs/faults';
import { errorAnswer, retryInfo } from './google-errors';
import type { ReplyChange } from './reply-changes';
import type { SeenRequest } from './request-log';

/** What goes wrong with a request. */
export type Fault =
  | ConnectionFault
  /** `retryDelay` as a duration of protobuf ("7s"), in the details of the error. */
  | (StatusFault & { readonly retryDelay?: string })
  /** The usual answer, so much later. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Status 200, and an HTML page. */
  | { readonly kind: 'html' }
  | ReplyFault;

/** Faults in the reply to a valid request. */
type ReplyFault =
  /** The prompt is refused: no candidates, `promptFeedback` with a reason. */
  | { readonly kind: 'blocked' }
  /** A candidate that was stopped for safety, without content. */
  | { readonly kind: 'safety' }
  /** Half of the JSON, finished for `MAX_TOKENS`. */
  | { readonly kind: 'truncated' }
  /** Text that is no JSON, finished as if all were well. */
  | { readonly kind: 'malformed' }
  /** The JSON in a fence of Markdown. */
  | { readonly kind: 'fenced' }
  /** A candidate whose text is empty. */
  | { readonly kind: 'empty' }
  /** The usual reply, without token counts. */
  | { readonly kind: 'no-usage' }
  /** Another reply in place of the usual one; see reply-changes.ts. */
  | { readonly kind: 'reply'; readonly change: ReplyChange };

const ALWAYS_MET: readonly Fault['kind'][] = ['hang', 'cut', 'reset', 'status', 'slow', 'html'];

/** Whether a request can meet a fault: one in the reply waits for a request that has one. */
export function canMeet({ kind }: SeenRequest, fault: Fault): boolean {
  return kind !== null || ALWAYS_MET.includes(fault.kind);
}

/** What a fault puts in place of an answer; those in the reply are in it already. */
export function replacedAnswer(answer: Answer, fault: Fault | null): Answer {
  if (fault?.kind === 'html') {
    return htmlAnswer(200, { title: 'Sorry…', text: 'Our systems have detected unusual traffic.' });
  }
  if (fault?.kind !== 'status') return answer;
  const details = fault.retryDelay === undefined ? [] : [retryInfo(fault.retryDelay)];
  return withStatusFault(errorAnswer(fault.status, 'A fault that a test asked for.', details), fault);
}
