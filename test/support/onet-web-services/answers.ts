import { type Answer, htmlAnswer } from '../stubs/answers';

export function pageAnswer(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return htmlAnswer(status, { title: 'O*NET Web Services', text }, headers);
}

/** Says no more than that it is XML: no client here reads it. */
export function xmlAnswer(status: number): Answer {
  return {
    status,
    headers: { 'content-type': 'application/xml; charset=utf-8' },
    body: '<?xml version="1.0" encoding="UTF-8"?>\n<onet/>\n',
  };
}
