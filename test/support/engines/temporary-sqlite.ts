import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A place for an SQLite database, which is not created yet. */
export interface TemporarySqlite {
  /** `sqlite:` and an absolute path. */
  readonly url: string;
  /** Removes the database file and whatever SQLite put beside it; close it before. */
  dispose(): Promise<void>;
}

/** A new temporary folder for one SQLite database. */
export function temporarySqlite(): TemporarySqlite {
  const folder = mkdtempSync(join(tmpdir(), 'onet-sqlite-'));
  return {
    url: `sqlite:${join(folder, 'onet.sqlite')}`,
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}
