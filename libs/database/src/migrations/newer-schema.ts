import type { DataSource } from 'typeorm';
import { OperatorError } from '@app/common';

/**
 * Name of a migration that takes away what earlier versions used: the first number is that of the newest migration which
 * the first version without a use for it has. Such as `DropJobOwnerAfter1795900000000At1796000000000`.
 */
export const CONTRACTING_NAME = /After(\d{13})At\d{13}$/;

/**
 * Versions run side by side while one follows another, and an older one may have to come back: it goes on with a schema
 * that newer ones have added to, and not with one that lacks what it uses.
 *
 * @throws OperatorError where newer versions have taken something away that this one still uses
 */
export async function assertSchemaUsable(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    if (!(await runner.hasTable('migrations'))) return;
    const executed = (await runner.query('SELECT name FROM migrations')) as { name: string }[];
    const known = dataSource.migrations.map(({ constructor }) => constructor.name);
    const newestKnown = Math.max(...known.map((name) => Number(name.slice(-'1795200000000'.length))));
    const taken = executed
      .map(({ name }) => name)
      .filter((name) => !known.includes(name) && Number(CONTRACTING_NAME.exec(name)?.[1]) > newestKnown);
    if (taken.length === 0) return;
    throw new OperatorError(
      `a newer version has taken away what this one uses (${taken.join(', ')}). ` +
        'Start that version, or restore a backup from before it.',
    );
  } finally {
    await runner.release();
  }
}
