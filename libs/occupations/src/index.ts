export { findOccupation, findRatedOccupations, searchOccupations } from './occupation-queries';
export { OccupationsModule } from './occupations.module';
export { ReleasesService, type ListedRelease } from './releases.service';
export { ratedSkillsOf, type RatedSkill } from './skill-ratings';
export type { PulledOccupation } from './snapshot/overlay';
export { isRated, type DataSource, type SnapshotOccupation, type SnapshotSkill } from './snapshot/release-content';
export { ReleaseSnapshot } from './snapshot/release-snapshot';
export { SnapshotStore } from './snapshot/snapshot-store';
