import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { OperatorError } from '@app/common';
import { FirstLoadService } from '@app/ingestion';
import { SnapshotStore } from '@app/occupations';
import { findGapByLevel, findStrictGap } from '@app/skill-gap';
import { codeArgument } from '../code-argument';
import { withContext } from '../with-context';

/** `gap <from> <to>`: both gaps as a table. */
export async function gap(args: string[], signal: AbortSignal): Promise<void> {
  const { positionals } = parseArgs({ args, allowPositionals: true });
  const [from, to, ...rest] = positionals;
  if (from === undefined || to === undefined || rest.length > 0) {
    throw new OperatorError('Give two O*NET-SOC codes, such as: npm run gap -- 11-1011.00 11-3013.00');
  }
  const text = await withContext(async (context) => {
    await context.get(FirstLoadService).ensureActiveRelease({ signal, onProgress: () => undefined });
    const snapshots = context.get(SnapshotStore);
    await snapshots.refresh();
    const snapshot = snapshots.require();
    const strict = findStrictGap(snapshot, codeArgument(from), codeArgument(to));
    const byLevel = findGapByLevel(snapshot, codeArgument(from), codeArgument(to));
    const names = new Set(strict.gaps);
    const table = new Table({
      head: ['element', 'skill', 'from', 'to', 'gap', 'strict'],
      colAligns: ['left', 'left', 'right', 'right', 'right', 'left'],
      style: { head: [], border: [] },
    });
    for (const { elementId, skillName, fromLevel, toLevel } of byLevel.gaps) {
      const levels = [fromLevel, toLevel, toLevel - fromLevel].map((level) => level.toFixed(2));
      table.push([elementId, skillName, ...levels, names.has(skillName) ? 'yes' : '']);
    }
    const { from: a, to: b, release } = byLevel;
    const lines = [
      `From ${a.code} ${a.title}`,
      `To   ${b.code} ${b.title}`,
      `O*NET release ${release}; levels on the LV scale, 0-7`,
      '',
    ];
    if (byLevel.gaps.length === 0) return [...lines, 'No gap: no skill needs a higher level.'].join('\n');
    return [
      ...lines,
      table.toString(),
      `${byLevel.gaps.length} skills need a higher level; ${strict.gaps.length} of them are at level 0 today (strict).`,
      'Largest difference first; levels of different skills are anchored differently and do not compare.',
    ].join('\n');
  });
  process.stdout.write(`${text}\n`);
}
