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

export function htmlAnswer(
  status: number,
  page: { readonly title: string; readonly text: string },
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
    body: `<!DOCTYPE html>\n<html lang="en"><head><title>${page.title}</title></head><body><p>${page.text}</p></body></html>\n`,
  };
}
