import { Injectable } from '@nestjs/common';
import { HandlesJob, JobDefinition, type JobHandler, type JobRun } from '@app/jobs';

export interface WorkPayload {
  readonly label: string;
  readonly numbers?: readonly number[];
}

export interface WorkResult {
  readonly label: string;
}

/** The kind of job that tests ask for. */
export const WORK = new JobDefinition<WorkPayload, WorkResult>({
  name: 'test-work',
  queue: 'test-queue',
  attempts: 3,
  backoffMs: 300,
});

/** The same work, several at a time. */
export const POOLED_WORK = new JobDefinition<WorkPayload, WorkResult>({
  name: 'test-pooled-work',
  queue: 'test-pool',
  attempts: 3,
  backoffMs: 300,
  concurrency: 3,
});

export type WorkRun = JobRun<WorkPayload, WorkResult>;

/** What the work of a test consists of, and every time that some process began it: all processes of a test share it. */
@Injectable()
export class WorkSite {
  readonly runs: WorkRun[] = [];
  work: (run: WorkRun) => Promise<WorkResult> = ({ payload }) => Promise.resolve({ label: payload.label });

  /** Attempts of which the work was begun, in that order. */
  get attempts(): number[] {
    return this.runs.map(({ attempt }) => attempt);
  }

  /** The attempt that was begun last. */
  get lastRun(): WorkRun {
    const run = this.runs.at(-1);
    if (run === undefined) throw new Error('No work was begun');
    return run;
  }
}

@Injectable()
@HandlesJob(WORK)
export class WorkHandler implements JobHandler<WorkPayload, WorkResult> {
  constructor(private readonly site: WorkSite) {}

  run(run: WorkRun): Promise<WorkResult> {
    this.site.runs.push(run);
    return this.site.work(run);
  }
}

@Injectable()
@HandlesJob(POOLED_WORK)
export class PooledWorkHandler extends WorkHandler {}

/** Work that goes on until it is told to stop. */
export function untilAborted({ signal }: WorkRun): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
  });
}
