import { IngestionProcessor } from './ingestion.processor';
import { OnetProcessor } from './onet.processor';

/** Who drains which queue. */
export const PROCESSORS = {
  ingestion: IngestionProcessor,
  onet: OnetProcessor,
};
