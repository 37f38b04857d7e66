import { type RedisServer, startRedis } from './engines';
import { redisLocation } from './test-servers';

/** A Redis for whoever asks for one, gone after the test, or after all tests of the block. */
export function useRedis(lifetime: 'test' | 'block' = 'test'): { start(): Promise<RedisServer> } {
  const started: RedisServer[] = [];
  const hook = lifetime === 'test' ? afterEach : afterAll;
  hook(() => Promise.all(started.splice(0).map((server) => server.dispose())));
  return {
    start: async () => {
      const server = await startRedis();
      started.push(server);
      return server;
    },
  };
}

/** Tests that need a Redis: skipped where there is none, which the run says in its last lines. */
export function describeWithRedis(name: string, define: () => void): void {
  if (redisLocation() !== undefined) {
    describe(name, define);
    return;
  }
  describe.skip(`${name} (no Redis was found)`, () => {
    test('is tested where there is a Redis', () => undefined);
  });
}

/** A test that takes its Redis away: skipped where that is the one at TEST_REDIS_URL, which is not ours to stop. */
export const testOnOwnRedis = process.env['TEST_REDIS_URL'] ? test.skip : test;
