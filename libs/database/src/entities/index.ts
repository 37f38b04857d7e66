import { ActiveRelease } from './active-release.entity';
import { Ingestion } from './ingestion.entity';
import { Job } from './job.entity';
import { LandingOccupation, LandingScale, LandingSkill } from './landing.entities';
import { Occupation, OccupationSkill, Scale, Skill } from './normalised.entities';
import { RejectedRow } from './rejected-row.entity';
import { Release } from './release.entity';
import { UpstreamMiss } from './upstream-miss.entity';
import { UpstreamPace } from './upstream-pace.entity';
import { UsageCounter } from './usage-counter.entity';

/** Every table's entity. */
export const ENTITIES = [
  Job,
  Release,
  ActiveRelease,
  Ingestion,
  LandingOccupation,
  LandingScale,
  LandingSkill,
  RejectedRow,
  Occupation,
  Skill,
  Scale,
  OccupationSkill,
  UsageCounter,
  UpstreamPace,
  UpstreamMiss,
];
