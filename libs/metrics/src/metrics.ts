import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { LookedUp } from './looked-up';
import { RequestTimes } from './request-times';

/** Media type of the page: Prometheus' text format. */
export const METRICS_MEDIA_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** Seconds, from what takes no time to an import of a whole release, or a call of the LLM that is slow. */
const WORK_BOUNDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900];

/** Why requests are shed. */
const SHED_REASONS = ['behind', 'in_flight'] as const;

/** How an attempt at a job ended. */
export type JobOutcome =
  | 'completed'
  | 'failed'
  | 'cancelled'
  /** It failed, and is repeated. */
  | 'repeated'
  /** The process was told to end, and put it back. */
  | 'handed_back'
  /** Somebody else has begun it again. */
  | 'lost'
  /** It is run again once the database is back. */
  | 'database_away';

const INGESTION_KINDS = ['release', 'occupation'] as const;
const ROW_OUTCOMES = ['landed', 'normalised', 'rejected', 'unneeded'] as const;
const LLM_OUTCOMES = ['accepted', 'rejected', 'failed'] as const;

/** What became of the rows of one file, or of one table. */
interface IngestedRows {
  readonly landed: number;
  readonly normalised: number;
  readonly rejected: number;
  readonly unneeded?: number;
}

/** A call of the LLM that was made. */
interface LlmCall {
  readonly kind: string;
  readonly outcome: (typeof LLM_OUTCOMES)[number];
  readonly seconds: number;
  readonly promptTokens: number;
  readonly replyTokens: number;
}

/** One value of a gauge. */
interface Sample<Label extends string> {
  readonly labels: Readonly<Record<Label, string>>;
  readonly value: number;
}

/** What a gauge is called, and what it tells. */
interface GaugeText<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly Label[];
}

/**
 * What the process tells whoever watches it. Features record here what happens, and offer gauges of what is; where and
 * to whom that is shown is no concern of theirs. No label may hold what a client can choose: every value that a label
 * takes is kept for as long as the process runs.
 *
 * What may happen is there from the start, as 0 times: Prometheus sees no increase in a series that begins with 1, and
 * the first failure would go unnoticed.
 */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();
  private readonly registers = [this.registry];

  /** Requests that were answered. */
  readonly requests = new RequestTimes(
    'onet_http_request_duration_seconds',
    'Requests that were answered, by the template of their route, and how long that took.',
  );

  private readonly shed = new Counter({
    name: 'onet_http_requests_shed_total',
    help: 'Requests that were answered with 503 at once, since there were too many, by what there was too much of.',
    labelNames: ['reason'],
    registers: this.registers,
  });

  private readonly jobs = new Histogram({
    name: 'onet_job_duration_seconds',
    help: 'Attempts at jobs that this process made, by how they ended, and how long they took.',
    labelNames: ['type', 'outcome'],
    buckets: WORK_BOUNDS,
    registers: this.registers,
  });

  private readonly rows = new Counter({
    name: 'onet_ingestion_rows_total',
    help: 'Rows that this process ingested, by what became of them.',
    labelNames: ['kind', 'outcome'],
    registers: this.registers,
  });

  private readonly upstream = new Histogram({
    name: 'onet_upstream_request_duration_seconds',
    help: 'Requests of this process to the O*NET Web Services, by what came of them, and how long they took.',
    labelNames: ['outcome'],
    buckets: WORK_BOUNDS,
    registers: this.registers,
  });

  private readonly llm = new Histogram({
    name: 'onet_llm_call_duration_seconds',
    help: 'Calls of the LLM that this process made, by what came of them, and how long they took.',
    labelNames: ['kind', 'outcome'],
    buckets: WORK_BOUNDS,
    registers: this.registers,
  });

  private readonly tokens = new Counter({
    name: 'onet_llm_tokens_total',
    help: 'Tokens of prompts and replies, as the LLM counts them.',
    labelNames: ['kind', 'direction'],
    registers: this.registers,
  });

  private readonly llmPauses = new Counter({
    name: 'onet_llm_pauses_total',
    help: 'Pauses that this process began since the LLM failed.',
    registers: this.registers,
  });

  constructor() {
    // prom-client asks a metric for its name and its values only; its types know no metrics but its own
    this.registry.registerMetric(this.requests as unknown as Histogram);
    for (const reason of SHED_REASONS) this.shed.inc({ reason }, 0);
    for (const kind of INGESTION_KINDS) for (const outcome of ROW_OUTCOMES) this.rows.inc({ kind, outcome }, 0);
  }

  /** There are jobs of these types. */
  expectJobs(types: readonly string[]): void {
    for (const type of types) for (const outcome of ['completed', 'failed']) this.jobs.zero({ type, outcome });
  }

  /** The O*NET Web Services are asked, with one of these outcomes. */
  expectUpstream(outcomes: readonly string[]): void {
    for (const outcome of outcomes) this.upstream.zero({ outcome: labelOf(outcome) });
  }

  /** The LLM is asked questions of these kinds. */
  expectLlm(kinds: readonly string[]): void {
    for (const kind of kinds) for (const outcome of LLM_OUTCOMES) this.llm.zero({ kind, outcome });
  }

  /** A request was not served, since the process has more of them than it can answer in time. */
  requestShed(reason: (typeof SHED_REASONS)[number]): void {
    this.shed.inc({ reason });
  }

  /** An attempt at a job has ended. */
  jobEnded(type: string, outcome: JobOutcome, seconds: number): void {
    this.jobs.observe({ type, outcome }, seconds);
  }

  /** An ingestion, of a release or of one occupation, has counted its rows. */
  rowsIngested(kind: (typeof INGESTION_KINDS)[number], tables: readonly IngestedRows[]): void {
    for (const outcome of ROW_OUTCOMES) {
      const rows = tables.reduce((sum, table) => sum + (table[outcome] ?? 0), 0);
      this.rows.inc({ kind, outcome }, rows);
    }
  }

  /** A request to the O*NET Web Services has ended. */
  upstreamAnswered(outcome: string, seconds: number): void {
    this.upstream.observe({ outcome: labelOf(outcome) }, seconds);
  }

  /** A call of the LLM has ended. */
  llmCalled({ kind, outcome, seconds, promptTokens, replyTokens }: LlmCall): void {
    this.llm.observe({ kind, outcome }, seconds);
    this.tokens.inc({ kind, direction: 'prompt' }, promptTokens);
    this.tokens.inc({ kind, direction: 'reply' }, replyTokens);
  }

  /** The LLM is left alone for a while. */
  llmPaused(): void {
    this.llmPauses.inc();
  }

  /** Offers values that are at hand in this process; none where there are none now. */
  gauge<Label extends string = never>(text: GaugeText<Label>, read: () => readonly Sample<Label>[]): void {
    this.addGauge(text, read);
  }

  /**
   * Offers values that have to be looked up, in the database for instance. However often the page is asked for, they are
   * looked up every few seconds at most; where they cannot be had, or not soon, the page comes without them.
   */
  lookUp<Label extends string = never>(text: GaugeText<Label>, read: () => Promise<readonly Sample<Label>[]>): void {
    const lookedUp = new LookedUp(read);
    this.addGauge(text, async () => (await lookedUp.current()) ?? []);
  }

  /** Adds what the runtime tells of the process: memory, processor time, garbage collection, lag of the event loop. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Everything, in Prometheus' text format. Never throws, and never takes long. */
  page(): Promise<string> {
    return this.registry.metrics();
  }

  private addGauge<Label extends string>(
    { name, help, labels = [] }: GaugeText<Label>,
    read: () => readonly Sample<Label>[] | Promise<readonly Sample<Label>[]>,
  ): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      labelNames: labels,
      registers: this.registers,
      collect: async () => {
        const samples = await read();
        gauge.reset();
        // reset() leaves a 0 where there are no labels
        if (labels.length === 0) gauge.remove();
        for (const sample of samples) gauge.set(sample.labels, sample.value);
      },
    });
  }
}

/** A name of ours, written as those of labels are. */
function labelOf(name: string): string {
  return name.replaceAll('-', '_');
}
