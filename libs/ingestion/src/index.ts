export { ReleaseDownloadService } from './download/release-download.service';
export { FirstLoadService, SAMPLE_LABEL, sampleFolder } from './first-load.service';
export type { IngestionReport, RejectionSummary } from './ingestion-report';
export { IngestionModule } from './ingestion.module';
export { IngestionService, type IngestionControl, type IngestionRequest } from './ingestion.service';
