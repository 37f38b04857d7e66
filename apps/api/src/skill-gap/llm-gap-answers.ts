import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LlmGapService, type LlmGap, type LlmGapQuery } from '@app/llm';
import type { ReleaseSnapshot } from '@app/occupations';
import { findGapByLevel } from '@app/skill-gap';
import { ClientAccess } from '../clients/client-access';
import { unfinishedJob } from '../jobs/accepted-job';
import type { JobDto } from '../jobs/dto/job.dto';
import { WaitingRequests } from '../overload/waiting-requests';
import { LlmGapDto } from './dto/llm-gap.dto';

/** Answers with gaps on the LLM's levels; with those of O*NET where there are none to be had. */
@Injectable()
export class LlmGapAnswers {
  constructor(
    private readonly gaps: LlmGapService,
    private readonly clients: ClientAccess,
    private readonly waiting: WaitingRequests,
  ) {}

  /**
   * What is in memory is answered at once, without a promise in between.
   *
   * @returns the answer, or, where the LLM takes long, the job that is at it
   * @throws OccupationNotFoundError, OccupationNotRatedError, AppError `FORBIDDEN`, `OVERLOADED`
   */
  answer(
    request: FastifyRequest,
    reply: FastifyReply,
    snapshot: ReleaseSnapshot,
    query: LlmGapQuery,
  ): LlmGapDto | Promise<LlmGapDto | JobDto> {
    const held = this.gaps.recall(snapshot, query);
    if (held !== null) return of(request, snapshot, held);
    return this.waiting.during(() => this.find(request, reply, snapshot, query));
  }

  private async find(
    request: FastifyRequest,
    reply: FastifyReply,
    snapshot: ReleaseSnapshot,
    query: LlmGapQuery,
  ): Promise<LlmGapDto | JobDto> {
    const { requestedBy, maySpend } = this.clients.identify(request);
    const outcome = await this.gaps.find(snapshot, query, { requestedBy, requestId: request.id, mayAsk: maySpend });
    if (outcome.kind === 'llm') return of(request, snapshot, outcome.gap);
    if (outcome.kind === 'fallback') {
      // it will be another one before long
      request.answeredFrom = null;
      return LlmGapDto.fallback(snapshot, findGapByLevel(snapshot, query.from, query.to), outcome.reason);
    }
    return unfinishedJob(outcome.job, request, reply);
  }
}

function of(request: FastifyRequest, snapshot: ReleaseSnapshot, gap: LlmGap): LlmGapDto {
  const { fromAssessment, toAssessment, descriptions, missing } = gap;
  if (missing === null) {
    // with a time, since ids begin anew when a database does
    const { replyId, answeredAt } = toAssessment;
    const ids = [fromAssessment.replyId, replyId, descriptions?.replyId ?? 0];
    request.answeredWith = [...ids, answeredAt.toString(36)].join('-');
  } else {
    // what is missing may be there the next time
    request.answeredFrom = null;
  }
  return LlmGapDto.of(snapshot, gap);
}
