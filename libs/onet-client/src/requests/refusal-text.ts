import { isJsonObject } from '../answers/json';

/** Says plainly that there is nothing, whatever else it speaks of. */
const NOTHING = /\bno (?:\w+ ){0,2}(?:data|rows?|records?|results?|matches|occupations?)\b/i;
const ABOUT_THE_REQUEST = /\b(?:parameters?|filters?|columns?|operators?|tables?|sort|start|end)\b/i;
const ABOUT_THE_DATA = /\b(?:data|rows?|codes?|occupations?)\b/i;

/**
 * Whether a 422 means that there is no such data, rather than that the request is wrong: both have the same status, and
 * only a text for people tells them apart.
 *
 * @param text null where there is none that can be read
 */
export function meansNoData(text: string | null): boolean {
  if (text === null) return false;
  if (text === '' || NOTHING.test(text)) return true;
  return !ABOUT_THE_REQUEST.test(text) && ABOUT_THE_DATA.test(text);
}

/** The `error` of the body of a 422; empty where there is none, null where the body is something else. */
export function errorTextOf(body: string): string | null {
  if (body.trim() === '') return '';
  try {
    const parsed: unknown = JSON.parse(body);
    if (!isJsonObject(parsed)) return null;
    const text = parsed['error'] ?? '';
    return typeof text === 'string' ? text.trim() : null;
  } catch {
    return null;
  }
}

const MAX_LENGTH = 200;

/**
 * A text of the Web Services, fit for a message: on one line, not long, and none at all where it repeats a credential.
 */
export function quotable(text: string | null, secrets: readonly string[]): string {
  if (text === null) return '';
  const lower = text.toLowerCase();
  const forms = secrets.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('base64url'),
  ]);
  if (forms.some((form) => lower.includes(form.toLowerCase()))) return '';
  const line = text.replace(/[\p{C}\s]+/gu, ' ').trim();
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}…` : line;
}
