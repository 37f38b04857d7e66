// node ingest-once.mjs <folder>|web-services: ingests a text release, or what the Web Services have, into DATABASE_URL, in a
// process that does nothing else; prints one JSON line.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from '../../../scripts/lib/prepare.mjs';

const require = createRequire(join(ROOT, 'package.json'));
require('reflect-metadata');
const { NestFactory } = require('@nestjs/core');
const lib = (name) => require(join(ROOT, 'dist', 'libs', name, 'src'));
const { ConfigModule, toConfig } = lib('config');
const { DatabaseModule } = lib('database');
const { IMPORT_RELEASE, IngestionModule, IngestionRequestsService } = lib('ingestion');
const { JobRunner, JobsModule } = lib('jobs');

class BenchModule {}
const source = process.argv[2];
const { DATABASE_URL, ONET_API_KEY, ONET_API_BASE_URL, ONET_REQUESTS_PER_SECOND } = process.env;
const webServices = { ONET_API_KEY, ONET_API_BASE_URL, ONET_REQUESTS_PER_SECOND };
const config = toConfig({ DATABASE_URL, ...(source === 'web-services' ? webServices : {}) });
const context = await NestFactory.createApplicationContext(
  {
    module: BenchModule,
    imports: [
      ConfigModule.forRoot(config),
      DatabaseModule.forRoot(config.database),
      JobsModule.forRoot({ redisUrl: null, runsJobs: false }),
      IngestionModule,
    ],
  },
  { logger: ['error'], abortOnError: false },
);
const control = { signal: new AbortController().signal, onProgress: () => undefined };
const started = performance.now();
const payload = source === 'web-services' ? { source: 'web_services' } : { source: 'path', path: source };
const requester = { requestedBy: 'bench', place: 'inline' };
const job = await context.get(IngestionRequestsService).requestUnchecked(payload, requester);
const { report } = await context.get(JobRunner).runInline(IMPORT_RELEASE, job.id, control);
const ms = performance.now() - started;
await context.close();
if (!report.activated) throw new Error(`not activated: ${report.concerns.join('; ')}`);
const ratings = Object.entries(report.tables).filter(([file]) => /skills(\.txt)?$/i.test(file));
process.stdout.write(
  `${JSON.stringify({
    ms,
    peakMb: process.resourceUsage().maxRSS / 1024,
    ratings: ratings.reduce((sum, [, { normalised }]) => sum + normalised, 0),
  })}\n`,
);
