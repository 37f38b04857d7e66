export { ASSESS_ALL } from './assessments/assess-all.job';
export {
  ASSESS_OCCUPATION,
  assessmentSubject,
  LLM_BULK_QUEUE,
  LLM_QUEUE,
  type AssessOccupationPayload,
} from './assessments/assess-occupation.job';
export type { Assessment } from './assessments/assessment';
export type { AssessmentPlan } from './assessments/assessment-plan.service';
export { AssessmentRequestsService } from './assessments/assessment-requests.service';
export { AssessmentsService, type StoredAssessment } from './assessments/assessments.service';
export type { LlmGap, LlmGapQuery, LlmHindrance } from './gaps/llm-gap';
export { LlmGapService } from './gaps/llm-gap.service';
export { LLM_ERROR_CODES } from './llm-errors';
export { LlmModule } from './llm.module';
export type { SkillInGap } from './prompts/gap-prompt';
export { PROFICIENCIES, type Proficiency } from './replies/assessment-reply';
export { CalibrationService, type CalibrationReport } from './report/calibration.service';
export { comparedLevels } from './report/compare';
export { agreementOf, type Agreement } from './report/statistics';
