import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { INestApplicationContext } from '@nestjs/common';
import { OperatorError } from '@app/common';
import {
  FirstLoadService,
  IMPORT_RELEASE,
  IngestionRequestsService,
  type ImportReleasePayload,
  type ImportResult,
} from '@app/ingestion';
import { JobRunner, JobWatcher, type InlineControl } from '@app/jobs';
import { ProgressDisplay } from '../terminal/progress-display';
import { formatReport } from '../terminal/report';
import { withContext } from '../with-context';

/** Exit code for a release that was loaded, but kept back by the quality checks. */
const NOT_ACTIVATED = 2;

/**
 * `ingest (--from <folder|zip> [--release V] | --download V | --web-services [--incremental] [--release V])
 * [--activate-anyway] [--queue]`, or `ingest --first`
 */
export async function ingest(args: string[], signal: AbortSignal): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      from: { type: 'string' },
      download: { type: 'string' },
      'web-services': { type: 'boolean', default: false },
      incremental: { type: 'boolean', default: false },
      release: { type: 'string' },
      'activate-anyway': { type: 'boolean', default: false },
      queue: { type: 'boolean', default: false },
      first: { type: 'boolean', default: false },
    },
  });
  if (values.first) {
    if (args.length > 1) throw new OperatorError('--first goes alone: ONET_DATA_DIR or ONET_RELEASE say what to load.');
    return ingestFirst(signal);
  }
  const source = sourceOf(values);
  const payload = { ...source, activateAnyway: values['activate-anyway'] };
  const result = await withContext((context) =>
    showingProgress(signal, (control) =>
      values.queue ? byTheQueue(context, payload, control) : inline(context, payload, control),
    ),
  );
  if (result.outcome === 'unchanged') {
    process.stdout.write(`Nothing was loaded: release ${result.releaseId}, which is active, has the same already.\n`);
    return;
  }
  process.stdout.write(`${formatReport(result.report)}\n`);
  if (!result.report.activated) process.exitCode = NOT_ACTIVATED;
}

/** What goes before the processes that serve, so that they have something to: no more than the sample, if need be. */
async function ingestFirst(signal: AbortSignal): Promise<void> {
  const { report, onlySample } = await withContext((context) =>
    showingProgress(signal, (control) =>
      context.get(FirstLoadService).ensureSomeRelease(control, (error) => {
        const reason = error instanceof Error ? error.message : String(error);
        process.stderr.write(`WARNING: what was asked for is NOT loaded: ${reason}\n`);
      }),
    ),
  );
  process.stdout.write(report === null ? 'A release is loaded already.\n' : `${formatReport(report)}\n`);
  if (onlySample) {
    process.stderr.write(
      'WARNING: ONLY THE BUNDLED SAMPLE IS IN SERVICE, 63 of some 1,000 occupations. For a whole release set ONET_RELEASE ' +
        '(such as 30.1, to be downloaded) or ONET_DATA_DIR (folder or .zip), and start again.\n',
    );
  }
}

async function showingProgress<T>(signal: AbortSignal, work: (control: InlineControl) => Promise<T>): Promise<T> {
  const display = new ProgressDisplay(process.stdout);
  try {
    return await work({ signal, onProgress: display.show });
  } finally {
    display.end();
  }
}

interface SourceOptions {
  readonly from?: string | undefined;
  readonly download?: string | undefined;
  readonly 'web-services': boolean;
  readonly incremental: boolean;
  readonly release?: string | undefined;
}

/** @throws OperatorError where the options do not name one source */
function sourceOf(options: SourceOptions): ImportReleasePayload {
  const { from, download, 'web-services': webServices, incremental, release } = options;
  if ([from !== undefined, download !== undefined, webServices].filter(Boolean).length !== 1) {
    throw new OperatorError(
      'Give one of --from <folder|zip>, --download <release> such as --download 30.1, and --web-services.',
    );
  }
  if (incremental && !webServices) throw new OperatorError('--incremental goes with --web-services.');
  if (webServices) return { source: 'web_services', incremental, release };
  if (from !== undefined) return { source: 'path', path: resolve(from), release };
  if (release !== undefined) {
    throw new OperatorError('--release goes with --from and --web-services; --download names the release by itself.');
  }
  return { source: 'download', release: download };
}

/** In this very process, and in no other. */
async function inline(
  context: INestApplicationContext,
  payload: ImportReleasePayload,
  control: InlineControl,
): Promise<ImportResult> {
  const job = await context.get(IngestionRequestsService).request(payload, { requestedBy: 'cli', place: 'inline' });
  return context.get(JobRunner).runInline(IMPORT_RELEASE, job.id, control);
}

/** By whichever process drains the queue; this one only looks on. */
async function byTheQueue(
  context: INestApplicationContext,
  payload: ImportReleasePayload,
  { signal, onProgress }: InlineControl,
): Promise<ImportResult> {
  const job = await context.get(IngestionRequestsService).request(payload, { requestedBy: 'cli' });
  process.stdout.write(`Job ${job.id} is queued.\n`);
  let last = job;
  for await (const seen of context.get(JobWatcher).follow(job, signal)) {
    last = seen;
    if (seen.progressStage !== null) {
      onProgress({ stage: seen.progressStage, done: seen.progressDone ?? 0, total: seen.progressTotal });
    }
  }
  if (signal.aborted) throw new OperatorError(`Not waiting any longer; job ${job.id} goes on without this terminal.`);
  if (last.state === 'completed' && last.result !== null) return JSON.parse(last.result) as ImportResult;
  throw new OperatorError(last.errorDetail ?? `Job ${job.id} is ${last.state}.`);
}
