import { parseArgs } from 'node:util';
import type { INestApplicationContext } from '@nestjs/common';
import Table from 'cli-table3';
import { OperatorError } from '@app/common';
import { FirstLoadService } from '@app/ingestion';
import { JobLostError, JobRunner, JobsService, JobWatcher } from '@app/jobs';
import {
  agreementOf,
  ASSESS_OCCUPATION,
  assessmentSubject,
  AssessmentsService,
  comparedLevels,
  type AssessOccupationPayload,
  type Assessment,
} from '@app/llm';
import { findRatedOccupations, SnapshotStore, type ReleaseSnapshot } from '@app/occupations';
import { codeArgument } from '../code-argument';
import { withContext } from '../with-context';

const EXPLANATION_WIDTH = 70;

/** `assess <code> [--from <code>]`: has the LLM assess an occupation, and shows what it says. */
export async function assess(args: string[], signal: AbortSignal): Promise<void> {
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options: { from: { type: 'string' } } });
  const [code, ...rest] = positionals;
  if (code === undefined || rest.length > 0) {
    throw new OperatorError('Give one O*NET-SOC code, such as: npm run assess -- 15-1252.00');
  }
  const payload = {
    code: codeArgument(code),
    from: values.from === undefined ? null : codeArgument(values.from),
  };
  const text = await withContext(async (context) => {
    await context.get(FirstLoadService).ensureActiveRelease({ signal, onProgress: () => undefined });
    const snapshots = context.get(SnapshotStore);
    await snapshots.refresh();
    const snapshot = snapshots.require();
    const assessments = context.get(AssessmentsService);
    const question = assessments.question(snapshot, payload.code, payload.from);
    const before = await assessments.find(snapshot, question);
    if (before === null) await ask(context, payload, signal);
    const assessment = before ?? (await assessments.find(snapshot, question));
    if (assessment === null) throw new OperatorError('The release or the model has just changed; ask again.');
    return format(snapshot, payload, assessment, before !== null);
  });
  process.stdout.write(`${text}\n`);
}

/** In this very process, also what somebody has asked for and nobody has begun; what another is at is waited for. */
async function ask(
  context: INestApplicationContext,
  payload: AssessOccupationPayload,
  signal: AbortSignal,
): Promise<void> {
  const request = { requestedBy: 'cli', subject: assessmentSubject(payload), place: 'inline' } as const;
  const { job } = await context.get(JobsService).request(ASSESS_OCCUPATION, payload, request);
  try {
    await context.get(JobRunner).runInline(ASSESS_OCCUPATION, job.id, { signal, onProgress: () => undefined });
    return;
  } catch (error) {
    if (!(error instanceof JobLostError)) throw error;
  }
  process.stderr.write(`Another process is at it already, as job ${job.id}; waiting for it.\n`);
  const ended = await context.get(JobWatcher).until(job, () => false, signal);
  if (ended === null) throw new OperatorError(`Not waiting any longer; job ${job.id} goes on without this terminal.`);
  if (ended.state !== 'completed') throw new OperatorError(ended.errorDetail ?? `Job ${job.id} is ${ended.state}.`);
}

function format(
  snapshot: ReleaseSnapshot,
  { code, from }: AssessOccupationPayload,
  assessment: Assessment,
  wasStored: boolean,
): string {
  const [occupation] = findRatedOccupations(snapshot, [{ parameter: 'code', code }]);
  const onet = snapshot.levelsOf(occupation);
  const table = new Table({
    head: ['element', 'skill', 'LLM', '', 'O*NET', 'explanation'],
    colAligns: ['left', 'left', 'right', 'left', 'right', 'left'],
    colWidths: [null, null, null, null, null, EXPLANATION_WIDTH],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const [index, { elementId, name }] of snapshot.skills.entries()) {
    const skill = assessment.skills[index];
    if (skill === undefined) continue;
    const level = skill.level === null ? '?' : (skill.level / 100).toFixed(2);
    table.push([elementId, name, level, skill.proficiency, ((onet[index] ?? 0) / 100).toFixed(2), skill.explanation]);
  }
  const { meanDifference, meanAbsoluteDifference, rankCorrelation } = agreementOf(
    comparedLevels(snapshot, assessment).filter((pair) => pair !== null),
  );
  return [
    `${code} ${occupation.title}${from === null ? '' : `, for somebody from ${from}`}`,
    `O*NET release ${snapshot.release.version}; levels on the LV scale, 0-7; "?" where the LLM cannot say`,
    `By ${assessment.modelVersion}, prompt ${assessment.promptVersion}, ` +
      `${new Date(assessment.answeredAt).toISOString()}${wasStored ? ' (stored; not asked again)' : ''}`,
    '',
    table.toString(),
    `LLM minus O*NET on average ${figure(meanDifference)}, distance on average ${figure(meanAbsoluteDifference)}, rank ` +
      `correlation over the skills ${figure(rankCorrelation)}.`,
  ].join('\n');
}

function figure(value: number | null): string {
  return value === null ? 'not known' : value.toFixed(2);
}
