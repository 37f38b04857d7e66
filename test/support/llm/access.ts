import type { GeminiStub } from '../gemini/gemini-stub';

/** A key for Gemini, and where it is. */
export function accessToLlm(stub: GeminiStub): Readonly<Record<string, string>> {
  return { GEMINI_API_KEY: stub.key, GEMINI_BASE_URL: stub.url };
}

/** Lets time pass for what is remembered of a failure. */
export const FORGET = 'UPDATE upstream_misses SET valid_until = 0';
