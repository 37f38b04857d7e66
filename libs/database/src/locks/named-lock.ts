/** A lock between processes, held until released or until the process that holds it is gone. */
export interface NamedLock {
  /** Takes the lock if nobody holds it; tells whether it did. */
  tryAcquire(): Promise<boolean>;
  release(): Promise<void>;
}
