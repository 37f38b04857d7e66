/** An answer, whole and not yet sent. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

export function jsonAnswer(status: number, content: unknown): Answer {
  return { status, headers: JSON_TYPE, body: JSON.stringify(content) };
}

export function htmlAnswer(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
    body: `<!DOCTYPE html>\n<html lang="en"><head><title>O*NET Web Services</title></head><body><p>${text}</p></body></html>\n`,
  };
}

/** Says no more than that it is XML: no client here reads it. */
export function xmlAnswer(status: number): Answer {
  return {
    status,
    headers: { 'content-type': 'application/xml; charset=utf-8' },
    body: '<?xml version="1.0" encoding="UTF-8"?>\n<onet/>\n',
  };
}
