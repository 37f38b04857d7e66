// The floor: adds jobs to BullMQ and nothing else. Told what to do by jobs-bench.mjs.
import { Queue } from 'bullmq';
import { atOnce, now, obey } from './controlled.mjs';

const queue = new Queue('bench', { prefix: '{bare}', connection: { url: process.env.REDIS_URL } });
const add = (sample) => queue.add('bench', { sample }, { removeOnComplete: { count: 100 } });
await queue.waitUntilReady();

obey({
  one: async (sample) => {
    const requestedAt = now();
    await add(sample);
    return requestedAt;
  },
  many: async ({ count, concurrency }) => {
    const started = now();
    await atOnce(concurrency, count, add);
    return now() - started;
  },
});
process.once('SIGTERM', () => queue.close().then(() => process.exit()));
