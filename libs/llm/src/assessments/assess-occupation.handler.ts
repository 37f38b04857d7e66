import { Injectable } from '@nestjs/common';
import { HandlesJob, type JobHandler, type JobRun } from '@app/jobs';
import { LlmCalls } from '../calls/llm-calls.service';
import { readAssessment } from '../replies/assessment-reply';
import { ASSESS_OCCUPATION, type AssessOccupationPayload, type AssessOccupationResult } from './assess-occupation.job';
import { AssessmentsService } from './assessments.service';
import { ServedSnapshot } from './served-snapshot';

@Injectable()
@HandlesJob(ASSESS_OCCUPATION)
export class AssessOccupationHandler implements JobHandler<AssessOccupationPayload, AssessOccupationResult> {
  constructor(
    private readonly served: ServedSnapshot,
    private readonly assessments: AssessmentsService,
    private readonly calls: LlmCalls,
  ) {}

  async run({ jobId, payload, signal }: JobRun<AssessOccupationPayload>): Promise<AssessOccupationResult> {
    const snapshot = await this.served.withRated([payload.code, ...(payload.from === null ? [] : [payload.from])]);
    const question = this.assessments.question(snapshot, payload.code, payload.from);
    // whoever asked may not have known of it, and an earlier attempt may have got it
    const before = await this.assessments.find(snapshot, question);
    if (before !== null) return { replyId: before.replyId, modelVersion: before.modelVersion, stored: true };
    const { reply } = await this.calls.ask(question, (text) => readAssessment(text, question.schema, snapshot.skills), {
      jobId,
      signal,
    });
    return { replyId: reply.replyId, modelVersion: reply.modelVersion, stored: false };
  }
}
