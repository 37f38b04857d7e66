const MAX_SHOWN = 400;

/** What is wrong with the log of a process that was sent nothing but what clients may be blamed for. */
export function logFaults(log: string, secrets: readonly string[]): string[] {
  return log
    .trimEnd()
    .split('\n')
    .flatMap((line) => faultsOfLine(line, secrets).map((fault) => `${fault}: ${line.slice(0, MAX_SHOWN)}`));
}

const ERROR_LEVEL = 50;

function faultsOfLine(line: string, secrets: readonly string[]): string[] {
  const leaks = secrets.some((secret) => line.includes(secret)) ? ['a line with a secret'] : [];
  let record: Record<string, unknown>;
  try {
    record = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return [...leaks, 'a line that is no JSON'];
  }
  // why a job failed is not a client's to know, but an operator's
  if ('job_id' in record) return leaks;
  const hasStack = 'err' in record || 'stack' in record || /\\n\s+at /.test(line);
  return [
    ...leaks,
    ...(hasStack ? ['a line with a stack'] : []),
    ...(Number(record['level']) >= ERROR_LEVEL ? ['an error'] : []),
  ];
}
