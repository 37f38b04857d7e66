import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { OperatorError } from '@app/common';
import { FirstLoadService } from '@app/ingestion';
import { CalibrationService, type Agreement, type CalibrationReport } from '@app/llm';
import { SnapshotStore } from '@app/occupations';
import { withContext } from '../with-context';

/** US dollars a million tokens; those of a fast model of Gemini, and to be given where they are others. */
const DEFAULT_PRICES = { prompt: '0.30', reply: '2.50' };

interface Prices {
  readonly prompt: number;
  readonly reply: number;
}

/** `llm:report [--price-prompt 0.30] [--price-reply 2.50]`: how far the LLM is from O*NET, and what it has cost. */
export async function llmReport(args: string[], signal: AbortSignal): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      'price-prompt': { type: 'string', default: DEFAULT_PRICES.prompt },
      'price-reply': { type: 'string', default: DEFAULT_PRICES.reply },
    },
  });
  const prices = {
    prompt: price('--price-prompt', values['price-prompt']),
    reply: price('--price-reply', values['price-reply']),
  };
  const report = await withContext(async (context) => {
    await context.get(FirstLoadService).ensureActiveRelease({ signal, onProgress: () => undefined });
    await context.get(SnapshotStore).refresh();
    return context.get(CalibrationService).report();
  });
  process.stdout.write(`${format(report, prices)}\n`);
}

function price(option: string, text: string): number {
  if (!/^\d{1,6}(\.\d{1,6})?$/.test(text)) {
    throw new OperatorError(`${option} takes US dollars a million tokens, such as 0.30, not "${text}".`);
  }
  return Number(text);
}

function format(report: CalibrationReport, prices: Prices): string {
  const { release, modelVersion, occupations, assessed, unknownLevels } = report;
  const calls = formatUsage(report, prices);
  if (modelVersion === null || assessed === 0) {
    const nothing = 'Nothing is assessed yet. Try: npm run assess -- 15-1252.00';
    return report.usage.length === 0 ? nothing : [nothing, '', ...calls].join('\n');
  }
  return [
    `${assessed} of ${occupations} rated occupations of O*NET release ${release} are assessed by ${modelVersion}.`,
    `${unknownLevels} levels it could not say. LLM minus O*NET, in points of the LV scale (0-7):`,
    '',
    formatSkills(report),
    'The rank correlation of a skill is over the occupations; that of all is over all levels of all skills, which are',
    'anchored differently: read it with care.',
    '',
    ...calls,
  ].join('\n');
}

function formatSkills({ skills, overall }: CalibrationReport): string {
  const table = new Table({
    head: ['element', 'skill', 'levels', 'bias', 'distance', 'rank correlation'],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const { skill, agreement } of skills) table.push([skill.elementId, skill.name, ...cells(agreement)]);
  table.push(['', 'All', ...cells(overall)]);
  return table.toString();
}

function cells({ levels, meanDifference, meanAbsoluteDifference, rankCorrelation }: Agreement): string[] {
  const figures = [meanDifference, meanAbsoluteDifference, rankCorrelation];
  return [String(levels), ...figures.map((figure) => (figure === null ? '' : figure.toFixed(2)))];
}

function formatUsage({ usage }: CalibrationReport, prices: Prices): string[] {
  const table = new Table({
    head: ['kind', 'model', 'outcome', 'calls', 'prompt tokens', 'reply tokens', 'US dollars'],
    colAligns: ['left', 'left', 'left', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  let cost = 0;
  for (const { kind, model, outcome, calls, promptTokens, replyTokens } of usage) {
    const dollars = (promptTokens * prices.prompt + replyTokens * prices.reply) / 1e6;
    cost += dollars;
    const counts = [calls, promptTokens, replyTokens].map((count) => count.toLocaleString('en-US'));
    table.push([kind, model, outcome, ...counts, dollars.toFixed(4)]);
  }
  const count = (wanted: string): number =>
    usage.reduce((sum, { outcome, calls }) => sum + (outcome === wanted ? calls : 0), 0);
  const replies = count('accepted') + count('rejected');
  const share = replies === 0 ? '' : `, ${((100 * count('rejected')) / replies).toFixed(1)} % of them rejected`;
  return [
    'All calls so far:',
    table.toString(),
    `${replies} replies${share}; ${count('failed')} calls without a reply. Estimated cost ${cost.toFixed(2)} US dollars, at ` +
      `${prices.prompt.toFixed(2)} a million tokens of prompts and ${prices.reply.toFixed(2)} of replies ` +
      '(--price-prompt, --price-reply).',
  ];
}
