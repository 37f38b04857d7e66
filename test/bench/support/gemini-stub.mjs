// The stub of Gemini that the tests use, in this process: it waits most of the time.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from '../../../scripts/lib/prepare.mjs';

const require = createRequire(import.meta.url);

/** @returns the stub, running, and what an application needs to find it */
export async function startGemini({ latencyMs }) {
  const { GeminiStub } = require(join(ROOT, 'dist', 'bench', 'support', 'gemini', 'gemini-stub'));
  const stub = new GeminiStub();
  await stub.start();
  stub.latencyMs = latencyMs;
  return { stub, settings: { GEMINI_API_KEY: stub.key, GEMINI_BASE_URL: stub.url } };
}
