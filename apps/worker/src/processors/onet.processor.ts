import { Processor } from '@nestjs/bullmq';
import { PULL_OCCUPATION } from '@app/ingestion';
import { WORKER_TIMES } from '@app/jobs';
import { QueueProcessor } from './queue-processor';

/** Several at a time: they wait for the network most of the time, and somebody waits for them. */
@Processor(PULL_OCCUPATION.queue, { concurrency: PULL_OCCUPATION.concurrency, ...WORKER_TIMES })
export class OnetProcessor extends QueueProcessor {}
