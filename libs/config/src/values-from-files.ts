import { readFileSync } from 'node:fs';
import { OperatorError } from '@app/common';
import { ENVIRONMENT_SPECS, type Environment } from './environment';

const SUFFIX = '_FILE';

/** The longest value there is, of lists of keys, has a fraction of this. */
const MAX_LENGTH = 65_536;

/**
 * The environment, with the value of each variable that has none taken from the file that `<variable>_FILE` names: that is
 * how secrets are handed to containers. An empty file counts as not set, as an empty variable does.
 *
 * @throws OperatorError with one line per file that cannot be read
 */
export function withValuesFromFiles(environment: Environment): Environment {
  const values: Record<string, string | undefined> = { ...environment };
  const faults: string[] = [];
  for (const name of Object.keys(ENVIRONMENT_SPECS)) {
    const path = environment[name + SUFFIX]?.trim();
    // of two values the one at hand is used: a file may be what everybody gets, a variable what somebody wants instead
    if (!path || environment[name]?.trim()) continue;
    try {
      values[name] = readValue(path);
    } catch (error) {
      faults.push(`  ${name}${SUFFIX} names ${path}, which ${reasonOf(error)}`);
    }
  }
  if (faults.length > 0) throw new OperatorError(`The configuration is not usable:\n${faults.join('\n')}`);
  return values;
}

/** Without the end of the line that editors and `echo` leave. */
function readValue(path: string): string {
  const value = readFileSync(path, 'utf8').trim();
  if (value.length > MAX_LENGTH) throw new OperatorError('is too long to hold a value');
  return value;
}

/** Never what is in the file. */
function reasonOf(error: unknown): string {
  if (error instanceof OperatorError) return error.message;
  const { code } = error as NodeJS.ErrnoException;
  return `cannot be read (${code ?? 'for an unknown reason'})`;
}
