import { IngestionProcessor } from './ingestion.processor';

/** Who drains which queue. */
export const PROCESSORS = { ingestion: IngestionProcessor };
