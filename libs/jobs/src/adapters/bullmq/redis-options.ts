import type { QueueOptions } from 'bullmq';

/** Keys of one deployment stand together; the braces keep them on one node of a Redis Cluster. */
const PREFIX = '{onet-skill-gap}';

const CONNECT_TIMEOUT_MS = 3000;
const RECONNECT_EVERY_MS = 1000;

const retryStrategy = (): number => RECONNECT_EVERY_MS;

/** For those that hand jobs over: with Redis away they learn so at once, and nothing is kept to be sent later. */
export function producerOptions(redisUrl: string): QueueOptions {
  return {
    prefix: PREFIX,
    // a connection that breaks during this check would leave a queue that never works again; the workers do check
    skipVersionCheck: true,
    connection: {
      url: redisUrl,
      connectTimeout: CONNECT_TIMEOUT_MS,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy,
    },
  };
}

/** For those that run jobs: they wait for Redis, however long it takes. */
export function workerConnection(redisUrl: string): Pick<QueueOptions, 'prefix' | 'connection'> {
  return {
    prefix: PREFIX,
    connection: { url: redisUrl, connectTimeout: CONNECT_TIMEOUT_MS, maxRetriesPerRequest: null, retryStrategy },
  };
}

/**
 * BullMQ's own figures are made for jobs that seldom lose their process: a killed worker's job would be taken over after
 * 60 s, and fail for good when its process dies a second time. With these a job is taken over after five to ten seconds;
 * how often that may happen is for the ledger to say.
 */
export const WORKER_TIMES = { lockDuration: 5000, stalledInterval: 5000, maxStalledCount: 1_000_000 };
