export { gapByLevel } from './gap';
export { findGapByLevel, findStrictGap, type SkillGap, type SkillLevelGap } from './skill-gap';
