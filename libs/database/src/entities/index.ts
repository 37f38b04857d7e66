import { ActiveRelease } from './active-release.entity';
import { Ingestion } from './ingestion.entity';
import { Job } from './job.entity';
import { LandingElement, LandingLevelAnchor, LandingOccupation, LandingScale, LandingSkill } from './landing.entities';
import { LlmGapDescription, LlmReply, LlmRequest, LlmSkillAssessment } from './llm.entities';
import { LevelAnchor, Occupation, OccupationSkill, Scale, Skill, SkillDescription } from './normalised.entities';
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
  LandingElement,
  LandingLevelAnchor,
  RejectedRow,
  Occupation,
  Skill,
  Scale,
  OccupationSkill,
  SkillDescription,
  LevelAnchor,
  UsageCounter,
  UpstreamPace,
  UpstreamMiss,
  LlmRequest,
  LlmReply,
  LlmSkillAssessment,
  LlmGapDescription,
];
