import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppError, type OnetSocCode } from '@app/common';
import { AssessmentsService } from '@app/llm';
import type { ReleaseSnapshot } from '@app/occupations';
import { OccupationAssessmentDto } from './dto/occupation-assessment.dto';

/** Answers with assessments that are stored; never has the LLM asked. */
@Injectable()
export class AssessmentAnswers {
  constructor(private readonly assessments: AssessmentsService) {}

  /**
   * @throws AppError `NOT_FOUND` where the occupation is not assessed, `DATABASE_UNAVAILABLE`; OccupationNotFoundError,
   *   OccupationNotRatedError
   */
  async answer(
    request: FastifyRequest,
    snapshot: ReleaseSnapshot,
    code: OnetSocCode,
  ): Promise<OccupationAssessmentDto> {
    const stored = await this.assessments.latest(snapshot, code);
    if (stored === null) {
      throw new AppError(
        'NOT_FOUND',
        `The LLM has not assessed ${code} yet. It does when a gap of the occupation is asked for at ` +
          '/api/v1/skill-gap-llm, or when an admin asks for it.',
      );
    }
    const { replyId, answeredAt } = stored.assessment;
    // with a time, since ids begin anew when a database does
    request.answeredWith = `${replyId}-${stored.isCurrent ? 1 : 0}-${answeredAt.toString(36)}`;
    return OccupationAssessmentDto.of(snapshot, stored);
  }
}
