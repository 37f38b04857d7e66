import type { DataSource, QueryRunner, ReplicationMode } from 'typeorm';
import { contractionsBetween } from './contractions-between';
import { shapeOf } from './schema-shape';

/** Statements that change rows, and the table whose rows they change. */
const CHANGES_ROWS = /^\s*(?:UPDATE|DELETE FROM|INSERT INTO|REPLACE INTO|TRUNCATE(?: TABLE)?)\s+[`"]?(\w+)/i;

/**
 * Changes a schema on a real engine, and tells what that takes away from versions that do not know of the change, by what
 * the engine says of its tables before and after, and by the rows of older versions that were changed.
 */
export async function contractionsOfChange(dataSource: DataSource, change: () => Promise<unknown>): Promise<string[]> {
  const before = await shapeOf(dataSource);
  const statements: string[] = [];
  const createQueryRunner = dataSource.createQueryRunner.bind(dataSource);
  const spy = jest.spyOn(dataSource, 'createQueryRunner').mockImplementation((mode?: ReplicationMode): QueryRunner => {
    const runner = createQueryRunner(mode);
    const query = runner.query.bind(runner) as (...args: unknown[]) => Promise<unknown>;
    const recording = (...args: unknown[]): Promise<unknown> => {
      statements.push(String(args[0]));
      return query(...args);
    };
    return Object.assign(runner, { query: recording });
  });
  try {
    await change();
  } finally {
    spy.mockRestore();
  }
  const changed = statements.flatMap((statement) => {
    const table = CHANGES_ROWS.exec(statement)?.[1];
    return table !== undefined && before.has(table) ? [`rows of ${table} are changed`] : [];
  });
  const triggers = statements.filter((statement) => /^\s*CREATE\s+.*\bTRIGGER\b/i.test(statement));
  return [
    ...new Set([
      ...contractionsBetween(before, await shapeOf(dataSource)),
      ...changed,
      ...triggers.map(() => 'a trigger is made'),
    ]),
  ].sort();
}
