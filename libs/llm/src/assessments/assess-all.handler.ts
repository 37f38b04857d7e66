import { Injectable } from '@nestjs/common';
import { AppError } from '@app/common';
import { DatabaseUnavailableError } from '@app/database';
import { HandlesJob, JobsService, JobWatcher, type JobHandler, type JobRun } from '@app/jobs';
import { SnapshotStore } from '@app/occupations';
import { LlmCalls } from '../calls/llm-calls.service';
import { notConfigured } from '../llm-errors';
import { ASSESS_ALL, type AssessAllPayload, type AssessAllResult } from './assess-all.job';
import { AssessmentPlanService } from './assessment-plan.service';
import { BulkAssessment } from './bulk-assessment';

/** Goes on, whenever it is run again, with those that are not assessed by then. */
@Injectable()
@HandlesJob(ASSESS_ALL)
export class AssessAllHandler implements JobHandler<AssessAllPayload, AssessAllResult> {
  constructor(
    private readonly snapshots: SnapshotStore,
    private readonly plans: AssessmentPlanService,
    private readonly calls: LlmCalls,
    private readonly jobs: JobsService,
    private readonly watcher: JobWatcher,
  ) {}

  async run(run: JobRun<AssessAllPayload>): Promise<AssessAllResult> {
    if (!this.calls.configured) throw notConfigured();
    await this.snapshots.catchUp();
    const { occupations, missing } = await this.plans.toDo(this.snapshots.require(), run.payload.codes);
    const services = { jobs: this.jobs, watcher: this.watcher, hindrance: () => this.calls.hindrance(null) };
    try {
      return await new BulkAssessment(run, services, occupations.length).assess(missing);
    } catch (error) {
      // asking for a job tells clients that the database is away; this job goes on when it is back
      if (!(error instanceof AppError) || error.code !== 'DATABASE_UNAVAILABLE') throw error;
      throw new DatabaseUnavailableError('occupations were assessed', error);
    }
  }
}
