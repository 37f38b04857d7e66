interface Stub {
  reset(): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Whether there is one for every test, or one for all tests of a block. */
export type StubScope = 'test' | 'block';

/**
 * Starts a stub for every test of the calling `describe` or file and stops it after the test, or once for all of them; as if
 * it were new for each test, either way.
 */
export function useStub<T extends Stub>(stub: T, scope: StubScope = 'test'): T {
  if (scope === 'block') {
    beforeAll(() => stub.start());
    beforeEach(() => {
      stub.reset();
    });
    afterAll(() => stub.stop());
    return stub;
  }
  beforeEach(async () => {
    stub.reset();
    await stub.start();
  });
  afterEach(() => stub.stop());
  return stub;
}
