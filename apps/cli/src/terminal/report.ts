import Table from 'cli-table3';
import type { IngestionReport } from '@app/ingestion';

const CODES_SHOWN = 10;

/** The summary of an ingestion, for a terminal. */
export function formatReport(report: IngestionReport): string {
  const { version, label, releaseId, occupations, rated, seconds } = report;
  return [
    '',
    `O*NET release ${version} (${label}): ${occupations} occupations, ${rated} of them rated. ${seconds.toFixed(1)} s.`,
    formatTables(report),
    ...formatRejections(report),
    ...formatIncomplete(report),
    report.activated
      ? `Release ${releaseId} is active: it is served from now on.`
      : `Release ${releaseId} was NOT activated: ${report.concerns.join('; ')}.\n` +
        `What was served before still is. To serve this one all the same: npm run releases -- --activate ${releaseId}`,
  ].join('\n');
}

function formatTables({ tables }: IngestionReport): string {
  const table = new Table({
    head: ['file', 'landed', 'normalised', 'rejected', 'unneeded'],
    colAligns: ['left', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const [file, { landed, normalised, rejected, unneeded = 0 }] of Object.entries(tables)) {
    table.push([file, landed, normalised, rejected, unneeded].map((cell) => cell.toLocaleString('en-US')));
  }
  return table.toString();
}

function formatRejections({ rejections }: IngestionReport): string[] {
  return rejections.map(
    ({ code, rows, example }) =>
      `Rejected ${rows.toLocaleString('en-US')} × ${code}, first in ${example.sourceFile} line ${example.lineNo}: ${example.reason}`,
  );
}

function formatIncomplete({ incomplete }: IngestionReport): string[] {
  if (incomplete.length === 0) return [];
  const more = incomplete.length > CODES_SHOWN ? ', …' : '';
  const codes = incomplete.slice(0, CODES_SHOWN).join(', ');
  return [`Not rated, since some of their ratings are missing: ${incomplete.length} (${codes}${more})`];
}
