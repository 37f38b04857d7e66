import { eventually } from '../e2e/eventually';
import type { ServingApi } from '../e2e/processes';

const STORED_WITHIN_MS = 15_000;

/** The body of an answer. @throws Error where it is not one of 200 */
export async function json<T = object>({ client }: ServingApi, path: string): Promise<T> {
  const answer = await client.get(path);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.body}`);
  return answer.json() as T;
}

/** Waits until nothing that was pulled is still being written down. */
export async function storedAll(query: (sql: string) => Promise<unknown[]>): Promise<void> {
  const areStored = async (): Promise<boolean> =>
    (await query("SELECT id FROM jobs WHERE type = 'pull-occupation' AND state <> 'completed'")).length === 0;
  await eventually('all that was pulled is stored', areStored, STORED_WITHIN_MS);
}
