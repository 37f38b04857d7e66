import { OnetMalformedError } from '../onet-errors';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws OnetMalformedError */
export function parseJson(text: string, about: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const looksLike = text.trimStart().startsWith('<') ? 'it is a web page or XML, and no JSON' : 'it is no JSON';
    throw new OnetMalformedError(about, text.trim() === '' ? 'it is empty' : looksLike);
  }
}
