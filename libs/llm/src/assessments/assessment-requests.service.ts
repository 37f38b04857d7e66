import { Injectable } from '@nestjs/common';
import { AppError, type OnetSocCode } from '@app/common';
import { needingDatabase, type Job } from '@app/database';
import { JobsService } from '@app/jobs';
import { SnapshotStore } from '@app/occupations';
import { LlmCalls } from '../calls/llm-calls.service';
import { STORE_AWAY } from '../llm-errors';
import { ASSESS_ALL, assessAllSubject } from './assess-all.job';
import { AssessmentPlanService, demandRated, type AssessmentPlan } from './assessment-plan.service';

/** Who asks for assessments. */
interface AssessmentRequester {
  /** For admins to see. */
  readonly requestedBy: string;
  /** Id of the request to the api. */
  readonly requestId: string;
}

/** Takes requests of admins for assessments. */
@Injectable()
export class AssessmentRequestsService {
  constructor(
    private readonly snapshots: SnapshotStore,
    private readonly plans: AssessmentPlanService,
    private readonly calls: LlmCalls,
    private readonly jobs: JobsService,
  ) {}

  /**
   * What it would take to have occupations assessed; asks nobody.
   *
   * @param codes null for all rated occupations
   * @throws AppError `OCCUPATION_NOT_FOUND`, `OCCUPATION_NOT_RATED`, `NOT_READY`, `DATABASE_UNAVAILABLE`
   */
  plan(codes: readonly OnetSocCode[] | null): Promise<AssessmentPlan> {
    return needingDatabase(STORE_AWAY, () => this.plans.plan(this.snapshots.require(), codes));
  }

  /**
   * Asks for the job, or joins the unfinished one about the same.
   *
   * @throws AppError as {@link plan}, and `LLM_UNAVAILABLE` where the LLM is not configured
   */
  async request(codes: readonly OnetSocCode[] | null, requester: AssessmentRequester): Promise<Job> {
    if (!this.calls.configured) {
      throw new AppError('LLM_UNAVAILABLE', 'The LLM is not configured: set GEMINI_API_KEY, and start again.');
    }
    const payload = { codes: codes === null ? null : demandRated(this.snapshots.require(), codes) };
    return (await this.jobs.request(ASSESS_ALL, payload, { ...requester, subject: assessAllSubject(payload) })).job;
  }
}
