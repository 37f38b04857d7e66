// The job of the bench, in an application made of the built libraries, as apps/api and apps/worker are.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from '../../../scripts/lib/prepare.mjs';

export const require = createRequire(join(ROOT, 'package.json'));
require('reflect-metadata');
const { NestFactory } = require('@nestjs/core');
export const lib = (name) => require(join(ROOT, 'dist', 'libs', name, 'src'));
const { ConfigModule, toConfig } = lib('config');
const { DatabaseModule } = lib('database');
const { declareJob, HandlesJob, JobDefinition, JobsModule } = lib('jobs');

/** Next to no work: what is measured is all that happens around it. */
export const BENCH_JOB = new JobDefinition({ name: 'bench', queue: 'bench', attempts: 3, backoffMs: 1000 });

/** Starts an application that knows the job. `onRun` is what the job does. */
export async function startApplication({ runsJobs, onRun, imports = [], providers = [] }) {
  const { DATABASE_URL, REDIS_URL } = process.env;
  const config = toConfig({ DATABASE_URL, REDIS_URL });
  class BenchHandler {
    async run({ payload }) {
      onRun(payload);
      return {};
    }
  }
  HandlesJob(BENCH_JOB)(BenchHandler);
  class BenchModule {}
  return NestFactory.createApplicationContext(
    {
      module: BenchModule,
      imports: [
        ConfigModule.forRoot(config),
        DatabaseModule.forRoot(config.database),
        JobsModule.forRoot({ redisUrl: config.redisUrl, runsJobs }),
        ...imports,
      ],
      providers: [declareJob(BENCH_JOB), BenchHandler, ...providers],
    },
    { logger: ['error', 'warn'], abortOnError: false },
  );
}
