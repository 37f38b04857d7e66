export { findGapByLevel, findStrictGap, type SkillGap, type SkillLevelGap } from './skill-gap';
