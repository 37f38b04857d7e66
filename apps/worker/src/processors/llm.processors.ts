import { Processor } from '@nestjs/bullmq';
import { WORKER_TIMES } from '@app/jobs';
import { ASSESS_ALL, LLM_BULK_QUEUE, LLM_QUEUE } from '@app/llm';
import { QueueProcessor } from './queue-processor';

/** Several at a time: they wait for the LLM most of the time, and somebody may wait for them. */
@Processor(LLM_QUEUE.queue, { concurrency: LLM_QUEUE.concurrency, ...WORKER_TIMES })
export class LlmProcessor extends QueueProcessor {}

/** The same for those that nobody waits for. */
@Processor(LLM_BULK_QUEUE.queue, { concurrency: LLM_BULK_QUEUE.concurrency, ...WORKER_TIMES })
export class LlmBulkProcessor extends QueueProcessor {}

/** One at a time: it asks for jobs of the queue above, and waits for them. */
@Processor(ASSESS_ALL.queue, { concurrency: 1, ...WORKER_TIMES })
export class LlmPlansProcessor extends QueueProcessor {}
