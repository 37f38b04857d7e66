// Runs jobs as apps/worker does: its modules, processor and priority, without its health routes.
import { join } from 'node:path';
import { ROOT } from '../../../scripts/lib/prepare.mjs';
import { now, obey } from './controlled.mjs';
import { BENCH_JOB, lib, require, startApplication } from './ledger-app.mjs';

const { BullModule, BullRegistrar, Processor } = require('@nestjs/bullmq');
const { WORKER_TIMES, workerConnection } = lib('jobs');
const worker = (file) => require(join(ROOT, 'dist', 'apps', 'worker', 'src', file));
const { QueueProcessor } = worker('processors/queue-processor');
worker('low-priority').giveWayToOthers();

/** Tells when the first job was taken and the last one was done with, its end recorded. */
const drained = { expected: 0, done: new Set(), firstAt: 0 };

class BenchProcessor extends QueueProcessor {
  async process(job, token) {
    drained.firstAt ||= now();
    await super.process(job, token);
    // one that is delivered twice is one job
    drained.done.add(job.id);
    if (drained.done.size === drained.expected) process.send({ drainedMs: now() - drained.firstAt });
  }
}
Processor(BENCH_JOB.queue, { concurrency: Number(process.env.BENCH_CONCURRENCY), ...WORKER_TIMES })(BenchProcessor);

const application = await startApplication({
  runsJobs: true,
  onRun: ({ sample }) => {
    if (drained.expected === 0) process.send({ sample, startedAt: now() });
  },
  imports: [
    BullModule.forRoot({ ...workerConnection(process.env.REDIS_URL), extraOptions: { manualRegistration: true } }),
    BullModule.registerQueue(),
  ],
  providers: [BenchProcessor],
});

obey({
  work: (expected) => {
    drained.expected = expected;
    application.get(BullRegistrar).register();
  },
});
process.once('SIGTERM', () => application.close().then(() => process.exit()));
