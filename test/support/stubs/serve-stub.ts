import { StubError } from './stub-error';

interface Stub {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Serves a stub until the process is told to end, and says so.
 *
 * @param introduction lines to print once it listens
 * @throws StubError where the port cannot be had
 */
export async function serveStub(stub: Stub, port: number, introduction: () => readonly string[]): Promise<void> {
  await startOn(port, stub);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stub.stop());
  process.stdout.write([...introduction(), '', 'Ready; Ctrl+C ends it.', ''].join('\n'));
}

/** Ends the process with one sentence where whoever started it can mend what is wrong. */
export function reportFailure(error: unknown): void {
  process.exitCode = 1;
  if (error instanceof StubError) process.stderr.write(`${error.message}\n`);
  else console.error(error);
}

async function startOn(port: number, stub: Stub): Promise<void> {
  try {
    await stub.start();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new StubError(`Port ${port} is in use already.`);
    if (code === 'EACCES') throw new StubError(`Port ${port} may not be used by this user.`);
    throw error;
  }
}
