import { type ServingApi, useApi } from '../e2e/processes';
import { GeminiStub } from '../gemini/gemini-stub';
import { accessToLlm } from './access';

/** One api process, with an LLM to ask, for all tests of the calling describe block. */
export function useApiWithLlm(environment: Readonly<Record<string, string>> = {}): {
  readonly api: ServingApi;
  readonly stub: GeminiStub;
} {
  const stub = new GeminiStub();
  // before the api: where it is belongs to the environment
  beforeAll(() => stub.start());
  const api = useApi(() => Promise.resolve({ environment: { ...accessToLlm(stub), ...environment } }));
  afterAll(() => stub.stop());
  return { api, stub };
}
