import { AsyncLocalStorage } from 'node:async_hooks';

/** What a record of the log says besides its message. */
export type LogFields = Readonly<Record<string, string | number | null>>;

const storage = new AsyncLocalStorage<LogFields>();
let open = 0;

/** Has every record of the log that comes of some work say what the work is about. */
export async function inLogContext<T>(fields: LogFields, work: () => Promise<T>): Promise<T> {
  open++;
  try {
    return await storage.run({ ...storage.getStore(), ...fields }, work);
  } finally {
    open--;
    // before Node 24 an enabled storage slows down every promise of the process, requests included
    if (open === 0) storage.disable();
  }
}

/** What the work that asks for this is about; empty where nobody said so. */
export function logContext(): LogFields {
  return storage.getStore() ?? {};
}
