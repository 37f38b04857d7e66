import { Module } from '@nestjs/common';
import { AppConfig } from '@app/config';
import { declareJob } from '@app/jobs';
import { MetricsModule } from '@app/metrics';
import { OccupationsModule } from '@app/occupations';
import { AssessAllHandler } from './assessments/assess-all.handler';
import { ASSESS_ALL } from './assessments/assess-all.job';
import { AssessOccupationHandler } from './assessments/assess-occupation.handler';
import { ASSESS_OCCUPATION, ASSESS_ONE_OF_MANY } from './assessments/assess-occupation.job';
import { AssessOneOfManyHandler } from './assessments/assess-one-of-many.handler';
import { AssessmentPlanService } from './assessments/assessment-plan.service';
import { AssessmentRequestsService } from './assessments/assessment-requests.service';
import { AssessmentsService } from './assessments/assessments.service';
import { ServedSnapshot } from './assessments/served-snapshot';
import { LlmBudget } from './calls/llm-budget';
import { LlmCalls } from './calls/llm-calls.service';
import { LlmMetrics } from './calls/llm-metrics';
import { LlmPause } from './calls/llm-pause';
import { DescribeGapHandler } from './gaps/describe-gap.handler';
import { DESCRIBE_GAP } from './gaps/describe-gap.job';
import { LlmGapService } from './gaps/llm-gap.service';
import { GeminiProvider } from './provider/gemini-provider';
import { LlmProvider } from './provider/llm-provider';
import { CalibrationService } from './report/calibration.service';
import { CurrentModel } from './store/current-model';
import { LlmStore } from './store/llm-store.service';
import { LlmUsage } from './store/llm-usage.service';

/** Levels and gaps as a large language model sees them, beside those of O*NET. */
@Module({
  imports: [MetricsModule, OccupationsModule],
  providers: [
    {
      provide: LlmProvider,
      inject: [AppConfig],
      useFactory: ({ llm }: AppConfig) => (llm.apiKey === null ? null : new GeminiProvider(llm, llm.apiKey)),
    },
    LlmBudget,
    LlmPause,
    LlmCalls,
    LlmMetrics,
    LlmStore,
    LlmUsage,
    CurrentModel,
    AssessmentsService,
    AssessmentPlanService,
    AssessmentRequestsService,
    declareJob(ASSESS_OCCUPATION),
    AssessOccupationHandler,
    declareJob(ASSESS_ONE_OF_MANY),
    AssessOneOfManyHandler,
    ServedSnapshot,
    declareJob(ASSESS_ALL),
    AssessAllHandler,
    declareJob(DESCRIBE_GAP),
    DescribeGapHandler,
    LlmGapService,
    CalibrationService,
  ],
  exports: [AssessmentRequestsService, AssessmentsService, CalibrationService, LlmGapService],
})
export class LlmModule {}
