import { Processor } from '@nestjs/bullmq';
import { WORKER_TIMES } from '@app/jobs';
import { QueueProcessor } from './queue-processor';

/** One at a time: an ingestion keeps a core and the database busy by itself. */
@Processor('ingestion', { concurrency: 1, ...WORKER_TIMES })
export class IngestionProcessor extends QueueProcessor {}
