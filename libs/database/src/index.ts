export { backUp } from './backup/back-up';
export { restore } from './backup/restore';
export { DatabaseHealth } from './database-health';
export { DatabaseModule } from './database.module';
export {
  DatabaseUnavailableError,
  isDatabaseUnavailable,
  isDeadlock,
  isDuplicateKey,
  needingDatabase,
} from './database-errors';
export type { SqlValue } from './dialects/sql-dialect';
export { ACTIVE_RELEASE_ID, ActiveRelease } from './entities/active-release.entity';
export { Ingestion, type QualityCounts, type TableCounts } from './entities/ingestion.entity';
export { Job, JOB_STATES, type JobPlace, type JobState } from './entities/job.entity';
export {
  LlmGapDescription,
  LlmReply,
  LlmRequest,
  LlmSkillAssessment,
  type LlmOutcome,
  type LlmRequestKind,
} from './entities/llm.entities';
export { Occupation } from './entities/normalised.entities';
export { RejectedRow } from './entities/rejected-row.entity';
export { Release } from './entities/release.entity';
export { UpstreamMiss } from './entities/upstream-miss.entity';
export { LockService } from './locks/lock.service';
export { openDatabase } from './open-database';
export { UnitOfWork } from './unit-of-work';
export { DailyCounter } from './usage/daily-counter';
export { SharedSlots, type Reservation, type Slot } from './usage/shared-slots';
export { EVERYTHING, UpstreamMissesService, type RememberedMiss } from './usage/upstream-misses.service';
