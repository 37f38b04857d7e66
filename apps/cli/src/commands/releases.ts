import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { OperatorError } from '@app/common';
import { ActivationService } from '@app/normalization';
import { ReleasesService } from '@app/occupations';
import { withContext } from '../with-context';

/** `releases`: lists them; `releases --activate <id>`: puts one into service, newer or older. */
export async function releases(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { activate: { type: 'string' } } });
  const text = await withContext(async (context) => {
    if (values.activate !== undefined) {
      if (!/^\d{1,9}$/.test(values.activate))
        throw new OperatorError(`"${values.activate}" is not the id of a release.`);
      await context.get(ActivationService).activate(Number(values.activate));
    }
    const table = new Table({
      head: ['id', 'release', 'status', 'active', 'occupations', 'rated', 'loaded', 'what'],
      colAligns: ['right', 'left', 'left', 'left', 'right', 'right', 'left', 'left'],
      style: { head: [], border: [] },
    });
    for (const { release, active } of await context.get(ReleasesService).list()) {
      table.push([
        release.id,
        release.version,
        release.status,
        active ? 'yes' : '',
        release.occupations,
        release.ratedOccupations,
        release.createdAt.toISOString().slice(0, 16).replace('T', ' '),
        release.label,
      ]);
    }
    return table.length === 0 ? 'No release is loaded yet.' : table.toString();
  });
  process.stdout.write(`${text}\n`);
}
