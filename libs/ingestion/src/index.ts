export { ReleaseDownloadService } from './download/release-download.service';
export { FirstLoadService, SAMPLE_LABEL } from './first-load.service';
export type { IngestionReport } from './ingestion-report';
export { IngestionModule } from './ingestion.module';
export { IngestionService, type IngestionControl, type IngestionRequest } from './ingestion.service';
