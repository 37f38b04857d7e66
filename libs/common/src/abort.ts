import { setTimeout as delay } from 'node:timers/promises';

/** Waits that long. @throws the signal's reason, at once */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}

/**
 * Does not wait for work that cannot be stopped longer than the signal allows; what becomes of it then is nobody's
 * concern.
 *
 * @throws the signal's reason, at once, and whatever the work throws
 */
export async function orAborted<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const over = new AbortController();
  const aborted = new Promise<null>((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve(null);
      },
      { signal: over.signal },
    );
  });
  try {
    const done = await Promise.race([work().then((value) => ({ value })), aborted]);
    if (done !== null) return done.value;
    throw signal.reason;
  } finally {
    over.abort();
  }
}
