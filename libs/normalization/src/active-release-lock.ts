import type { EntityManager } from 'typeorm';
import { ACTIVE_RELEASE_ID, ActiveRelease } from '@app/database';

/** Reads the one row of `active_release`; nobody else can change it until this transaction ends. */
export async function lockActiveRelease(manager: EntityManager): Promise<ActiveRelease> {
  // a unit of work on SQLite is the only writer from its first statement on, and knows no row locks
  const sqlite = manager.dataSource.options.type === 'better-sqlite3';
  return manager.findOneOrFail(ActiveRelease, {
    where: { id: ACTIVE_RELEASE_ID },
    ...(sqlite ? {} : { lock: { mode: 'pessimistic_write' as const } }),
  });
}
