import { setTimeout as sleep } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import type { Logger } from 'pino';
import { OperatorError } from '@app/common';

/** Some platforms kill a process 10 s after they asked it to end. */
const SHUTDOWN_MS = 8000;

export interface EndOptions {
  /** Called first, and at once. */
  readonly onSignal: () => void;
  /** Whether everything that matters is done, should the rest not be in time. */
  readonly isDone: () => boolean;
  /** How long everything goes on after that, in ms, so that others may take note. */
  readonly delayMs?: number;
}

/** On the first signal: nothing new is begun, what is under way is finished or put back, then a clean end. */
export function endOnSignal(
  app: INestApplicationContext,
  logger: Logger,
  { onSignal, isDone, delayMs = 0 }: EndOptions,
): void {
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    logger.info(`${signal}: finishing what is under way`);
    onSignal();
    setTimeout(() => {
      if (isDone()) process.exit(0);
      logger.error('Not done in time; ending all the same');
      process.exit(1);
    }, SHUTDOWN_MS).unref();
    if (delayMs > 0) await sleep(delayMs);
    await app.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end(signal));
}

/** Runs a process whose start may fail: with one sentence where that is the whole story, else with the stack. */
export function runProcess(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    const told = error instanceof OperatorError;
    const message = told ? error.message : error instanceof Error ? error.stack : String(error);
    process.stderr.write(`${message ?? 'Failed for an unknown reason'}\n`);
    process.exit(1);
  });
}
