export { DatabaseModule } from './database.module';
export { isDatabaseUnavailable } from './database-errors';
export type { SqlValue } from './dialects/sql-dialect';
export { ACTIVE_RELEASE_ID, ActiveRelease } from './entities/active-release.entity';
export { Ingestion, type IngestionState, type TableCounts } from './entities/ingestion.entity';
export { Release, type ReleaseStatus } from './entities/release.entity';
export { LockService } from './locks/lock.service';
export { openDatabase } from './open-database';
export { UnitOfWork } from './unit-of-work';
