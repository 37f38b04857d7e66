// The floor: a BullMQ worker whose jobs do nothing.
import { Worker } from 'bullmq';
import { now, obey } from './controlled.mjs';

const drained = { expected: 0, done: 0, firstAt: 0 };
const worker = new Worker(
  'bench',
  async ({ data: { sample } }) => {
    drained.firstAt ||= now();
    if (drained.expected === 0) process.send({ sample, startedAt: now() });
    else if (++drained.done === drained.expected) process.send({ drainedMs: now() - drained.firstAt });
  },
  {
    prefix: '{bare}',
    connection: { url: process.env.REDIS_URL, maxRetriesPerRequest: null },
    concurrency: Number(process.env.BENCH_CONCURRENCY),
    autorun: false,
  },
);
await worker.waitUntilReady();

obey({
  work: (expected) => {
    drained.expected = expected;
    void worker.run();
  },
});
process.once('SIGTERM', () => worker.close().then(() => process.exit()));
