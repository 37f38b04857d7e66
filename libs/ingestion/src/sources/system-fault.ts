/**
 * What the system says about a file that it does not let us read; null for any other error. It says so without the place,
 * which nobody but the operator should learn: why a job failed is shown to everybody.
 */
export function systemFault(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('syscall' in error) || !('message' in error)) return null;
  // Node ends with the call and the place: "EACCES: permission denied, open '/srv/releases/30.1.zip'"
  return String(error.message).replace(/, \w+( '.*')?$/s, '');
}
