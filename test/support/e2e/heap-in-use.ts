import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { BuiltProcess } from './built-process';
import { eventually } from './eventually';

const COLLECT_GARBAGE = resolve(__dirname, 'collect-garbage.cjs');
const WITHIN_MS = 30_000;

/** Environment of a process whose heap is to be looked at with {@link heapInUse}. */
export function heapReportedTo(file: string): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `--require ${COLLECT_GARBAGE}`, ONET_TEST_HEAP: file };
}

/** Bytes that a process holds on to: what is left of its heap after a collection. */
export async function heapInUse(process: BuiltProcess, file: string): Promise<number> {
  const sizes = async (): Promise<string[]> => (await readFile(file, 'utf8').catch(() => '')).split('\n').slice(0, -1);
  const before = (await sizes()).length;
  process.send('SIGUSR2');
  await eventually('garbage is collected', async () => (await sizes()).length > before, WITHIN_MS);
  return Number((await sizes()).at(-1));
}
