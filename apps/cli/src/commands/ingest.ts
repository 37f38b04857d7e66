import { parseArgs } from 'node:util';
import { OperatorError } from '@app/common';
import { IngestionService, ReleaseDownloadService } from '@app/ingestion';
import { ProgressDisplay } from '../terminal/progress-display';
import { formatReport } from '../terminal/report';
import { withContext } from '../with-context';

/** Exit code for a release that was loaded, but kept back by the quality checks. */
const NOT_ACTIVATED = 2;

/** `ingest --from <folder|zip> [--release V] [--activate-anyway]` or `ingest --download V [--activate-anyway]` */
export async function ingest(args: string[], signal: AbortSignal): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      from: { type: 'string' },
      download: { type: 'string' },
      release: { type: 'string' },
      'activate-anyway': { type: 'boolean', default: false },
    },
  });
  if ((values.from === undefined) === (values.download === undefined)) {
    throw new OperatorError('Give either --from <folder|zip> or --download <release>, such as --download 30.1.');
  }
  if (values.download !== undefined && values.release !== undefined) {
    throw new OperatorError('--release goes with --from; --download names the release by itself.');
  }
  const report = await withContext(async (context) => {
    const display = new ProgressDisplay(process.stdout);
    const control = { signal, onProgress: display.show };
    try {
      const path =
        values.from ??
        (await context.get(ReleaseDownloadService).download(values.download ?? '', signal, display.show));
      return await context
        .get(IngestionService)
        .ingest({ path, version: values.release, activateAnyway: values['activate-anyway'] }, control);
    } finally {
      display.end();
    }
  });
  process.stdout.write(`${formatReport(report)}\n`);
  if (!report.activated) process.exitCode = NOT_ACTIVATED;
}
