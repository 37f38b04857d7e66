export { FirstLoadService, SAMPLE_LABEL } from './first-load.service';
export type { ImportReleasePayload } from './import-release.job';
export { IMPORT_RELEASE } from './import-release.job';
export { IngestionHistoryService, type RecordedIngestion } from './ingestion-history.service';
export type { ImportResult, IngestionReport, RejectionSummary } from './ingestion-report';
export { IngestionRequestsService } from './ingestion-requests.service';
export { IngestionModule } from './ingestion.module';
export { OccupationPullsService, type BringOutcome, type PullRequester } from './pulls/occupation-pulls.service';
export { PULL_OCCUPATION } from './pulls/pull-occupation.job';
