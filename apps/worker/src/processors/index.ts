import { IngestionProcessor } from './ingestion.processor';
import { LlmBulkProcessor, LlmPlansProcessor, LlmProcessor } from './llm.processors';
import { OnetProcessor } from './onet.processor';

/** Who drains which queue. */
export const PROCESSORS = {
  ingestion: IngestionProcessor,
  onet: OnetProcessor,
  llm: LlmProcessor,
  'llm-bulk': LlmBulkProcessor,
  'llm-plans': LlmPlansProcessor,
};
