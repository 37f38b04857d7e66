// Asks for jobs as the api does. Told what to do by jobs-bench.mjs.
import { atOnce, now, obey } from './controlled.mjs';
import { BENCH_JOB, lib, startApplication } from './ledger-app.mjs';

const { JobsService } = lib('jobs');
const application = await startApplication({ runsJobs: false, onRun: () => undefined });
const jobs = application.get(JobsService);
const request = (sample) => jobs.request(BENCH_JOB, { sample }, { requestedBy: 'bench' });

obey({
  one: async (sample) => {
    const requestedAt = now();
    await request(sample);
    return requestedAt;
  },
  many: async ({ count, concurrency }) => {
    const started = now();
    await atOnce(concurrency, count, request);
    return now() - started;
  },
});
process.once('SIGTERM', () => application.close().then(() => process.exit()));
