import type { Environment } from '@app/config';
import type { Job } from '@app/database';
import { JobsService, JobWatcher } from '@app/jobs';
import { ASSESS_OCCUPATION, assessmentSubject, LlmGapService, LlmModule } from '@app/llm';
import type { LlmGap, LlmGapOutcome } from '../../libs/llm/src/gaps/llm-gap';
import type { GeminiStub } from './gemini/gemini-stub';
import { IngestionApp } from './ingestion-app';
import { soc } from './snapshots';

interface LlmAppOptions {
  /** Added to the settings that lead to the stub. */
  readonly environment?: Environment;
  /** Whether it runs jobs that are asked for, which is the default. */
  readonly runsJobs?: boolean;
}

/** A process that asks a stub of Gemini; for whoever closes it. */
export function openLlmApp(databaseUrl: string, stub: GeminiStub, options: LlmAppOptions = {}): Promise<IngestionApp> {
  const { environment = {}, runsJobs = true } = options;
  const access = { GEMINI_API_KEY: stub.key, GEMINI_BASE_URL: stub.url };
  return IngestionApp.open(databaseUrl, { ...access, ...environment }, runsJobs, [LlmModule]);
}

/** As {@link openLlmApp}, for a test; closed after it. */
export function useLlmApps(): { open: typeof openLlmApp } {
  const opened: IngestionApp[] = [];
  afterEach(() => Promise.all(opened.splice(0).map((app) => app.close())));
  return {
    open: async (...given) => {
      const app = await openLlmApp(...given);
      opened.push(app);
      return app;
    },
  };
}

/** Waits until a job is over. */
export async function jobEnd(app: IngestionApp, job: Job): Promise<Job> {
  const ended = await app.get(JobWatcher).until(job, () => false, AbortSignal.timeout(20_000));
  if (ended === null) throw new Error(`The job ${job.type} does not end`);
  return ended;
}

/** Has an occupation assessed; returns the job, once it is over. */
export async function assess(app: IngestionApp, code: string, from: string | null = null): Promise<Job> {
  const payload = { code: soc(code), from: from === null ? null : soc(from) };
  const request = { requestedBy: 'a test', subject: assessmentSubject(payload) };
  return jobEnd(app, (await app.get(JobsService).request(ASSESS_OCCUPATION, payload, request)).job);
}

export interface GapOptions {
  readonly descriptions?: boolean;
  readonly mayAsk?: boolean;
}

/** Asks for a gap as a client of the HTTP side does that has to wait. */
export function findGap(
  app: IngestionApp,
  from: string,
  to: string,
  { descriptions = true, mayAsk = true }: GapOptions = {},
): Promise<LlmGapOutcome> {
  const query = { from: soc(from), to: soc(to), descriptions };
  return app
    .get(LlmGapService)
    .find(app.snapshots.require(), query, { requestedBy: 'a test', requestId: 'a-request', mayAsk });
}

/** As {@link findGap}; fails where it is none of the LLM. */
export async function llmGap(app: IngestionApp, from: string, to: string, options?: GapOptions): Promise<LlmGap> {
  const outcome = await findGap(app, from, to, options);
  if (outcome.kind !== 'llm') throw new Error(`No gap: ${JSON.stringify(outcome)}`);
  return outcome.gap;
}

/** A call as it is on record. */
interface RecordedCall {
  readonly kind: string;
  readonly onetsoc_code: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly reply: string | null;
  readonly model_version: string | null;
  readonly job_id: string | null;
}

/** All calls, oldest first. */
export function recordedCalls(app: IngestionApp): Promise<RecordedCall[]> {
  return app.query(
    `SELECT q.kind, q.onetsoc_code, r.outcome, r.reason, r.reply, r.model_version, r.job_id
       FROM llm_replies r JOIN llm_requests q ON q.id = r.request_id ORDER BY r.id`,
  );
}
