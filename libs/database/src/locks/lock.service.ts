import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { dialectOf } from '../dialects/dialect-of';

const POLL_MS = 100;

/** Work that only one process at a time may do. */
export type LockName = 'migrations' | 'first-load';

/** Locks between the processes that share a database. */
@Injectable()
export class LockService {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** Runs `work` while holding the lock, or returns `null` at once where another process holds it. */
  tryWithLock<T>(name: LockName, work: () => Promise<T>): Promise<T | null> {
    return tryWithLock(this.dataSource, name, work);
  }

  /** Runs `work` while holding the lock, however long another process holds it before. */
  withLock<T>(name: LockName, work: () => Promise<T>): Promise<T> {
    return withLock(this.dataSource, name, work);
  }
}

/** As {@link LockService.withLock}, for when there are no modules yet. */
export async function withLock<T>(dataSource: DataSource, name: LockName, work: () => Promise<T>): Promise<T> {
  const lock = dialectOf(dataSource).createLock(dataSource, name);
  while (!(await lock.tryAcquire())) await delay(POLL_MS);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

async function tryWithLock<T>(dataSource: DataSource, name: LockName, work: () => Promise<T>): Promise<T | null> {
  const lock = dialectOf(dataSource).createLock(dataSource, name);
  if (!(await lock.tryAcquire())) return null;
  try {
    return await work();
  } finally {
    await lock.release();
  }
}
