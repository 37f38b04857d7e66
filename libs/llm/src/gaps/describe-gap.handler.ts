import { Injectable } from '@nestjs/common';
import type { OnetSocCode } from '@app/common';
import { HandlesJob, type JobHandler, type JobRun } from '@app/jobs';
import { findRatedOccupations, type ReleaseSnapshot } from '@app/occupations';
import type { Assessment } from '../assessments/assessment';
import { AssessmentsService } from '../assessments/assessments.service';
import { ServedSnapshot } from '../assessments/served-snapshot';
import { LlmCalls } from '../calls/llm-calls.service';
import { LlmError } from '../llm-errors';
import { gapQuestion } from '../prompts/gap-prompt';
import { readGapDescriptions } from '../replies/gap-reply';
import { LlmStore } from '../store/llm-store.service';
import { assessedGap } from './assessed-gap';
import { DESCRIBE_GAP, type DescribeGapPayload, type DescribeGapResult } from './describe-gap.job';

@Injectable()
@HandlesJob(DESCRIBE_GAP)
export class DescribeGapHandler implements JobHandler<DescribeGapPayload, DescribeGapResult> {
  constructor(
    private readonly served: ServedSnapshot,
    private readonly assessments: AssessmentsService,
    private readonly store: LlmStore,
    private readonly calls: LlmCalls,
  ) {}

  async run({ jobId, payload, signal }: JobRun<DescribeGapPayload>): Promise<DescribeGapResult> {
    const snapshot = await this.served.withRated([payload.from, payload.to]);
    const [from, to] = findRatedOccupations(snapshot, [
      { parameter: 'from', code: payload.from },
      { parameter: 'to', code: payload.to },
    ]);
    const { items } = assessedGap(
      snapshot.skills,
      await this.assessmentOf(snapshot, payload.from),
      await this.assessmentOf(snapshot, payload.to),
    );
    if (items.length === 0) return { replyId: null, stored: true };
    const question = gapQuestion(from, to, items);
    // whoever asked may not have known of it, and an earlier attempt may have got it
    const [before] = await this.store.acceptedReplies(question.hash);
    if (before !== undefined) return { replyId: before.replyId, stored: true };
    const skills = items.map(({ skill }) => skill);
    const { reply } = await this.calls.ask(question, (text) => readGapDescriptions(text, question.schema, skills), {
      jobId,
      signal,
    });
    return { replyId: reply.replyId, stored: false };
  }

  private async assessmentOf(snapshot: ReleaseSnapshot, code: OnetSocCode): Promise<Assessment> {
    const assessment = await this.assessments.find(snapshot, this.assessments.question(snapshot, code));
    if (assessment !== null) return assessment;
    // the release or the model has changed since the job was asked for
    throw new LlmError(
      'LLM_UNAVAILABLE',
      `The occupation ${code} is not assessed yet; its gaps can be described then.`,
    );
  }
}
