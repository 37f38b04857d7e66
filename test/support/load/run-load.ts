import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LoadPlan, LoadReport } from './load-plan';

const PROCESSES = join(__dirname, '..', 'processes');
/** For connecting, and for the last answers. */
const BEYOND_MS = 120_000;

/** Loads a server from a process of its own. */
export async function runLoad(plan: LoadPlan): Promise<LoadReport> {
  const program = [join(PROCESSES, 'run-typescript.cjs'), join(PROCESSES, 'load-generator.ts'), JSON.stringify(plan)];
  const { stdout } = await promisify(execFile)(process.execPath, program, {
    timeout: 3 * plan.seconds * 1000 + BEYOND_MS,
    maxBuffer: 10 * 1024 * 1024,
  });
  return JSON.parse(stdout) as LoadReport;
}
