export { ActivationService } from './activation.service';
export { NormalizationModule } from './normalization.module';
export { NormalizationService, type NormalisationResult } from './normalization.service';
export type { IngestionStage, Progress, ProgressListener } from './progress';
export { recordRejections, type RejectedSourceRow } from './rejected-rows';
export { holdLoadingRelease, type LoadingRelease } from './release-locks';
export { ReleaseUnusableError } from './release-unusable-error';
export { RetentionService } from './retention.service';
