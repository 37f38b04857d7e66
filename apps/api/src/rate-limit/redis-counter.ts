import type { RequestCount, RequestCounter } from './request-counter';

const PREFIX = 'onet-skill-gap:requests:';
const CONNECT_TIMEOUT_MS = 3000;
const RECONNECT_EVERY_MS = 1000;
/** A connection on which nothing comes for so long, though something should, is given up for another one. */
const SILENT_MS = 5000;

/** In one step: a process that dies between two would leave a count without an end. */
const COUNT = `
local current = redis.call('INCR', KEYS[1])
local ttl = redis.call('PTTL', KEYS[1])
if ttl < 0 then
  ttl = tonumber(ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ttl)
end
return {current, ttl}
`;

/**
 * Counts in Redis. With Redis away it rejects at once, and nothing is kept to be counted later; with one that hangs it may
 * take seconds.
 */
export async function connectRedisCounter(url: string): Promise<RequestCounter> {
  // loaded only where there is a Redis
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, {
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENT_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => RECONNECT_EVERY_MS,
    scripts: { countRequest: { lua: COUNT, numberOfKeys: 1 } },
  }) as InstanceType<typeof Redis> & { countRequest(key: string, windowMs: number): Promise<[number, number]> };
  // told by whoever misses an answer
  redis.on('error', () => undefined);
  return {
    count: async (client, windowMs): Promise<RequestCount> => {
      const [current, ttl] = await redis.countRequest(PREFIX + client, windowMs);
      return { current, ttl };
    },
    close: () => {
      redis.disconnect();
    },
  };
}
