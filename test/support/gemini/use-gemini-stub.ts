import { type StubScope, useStub } from '../stubs/use-stub';
import { GeminiStub } from './gemini-stub';

/** Starts a {@link GeminiStub} for every test of the calling `describe` or file, or once for all of them, and stops it. */
export function useGeminiStub(scope: StubScope = 'test'): GeminiStub {
  return useStub(new GeminiStub(), scope);
}
