import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ReleaseUnusableError } from '@app/normalization';
import type { ReleaseSource, SourceFile } from './release-source';

const READ_BYTES = 256 * 1024;

export async function openFolder(path: string, name: string): Promise<ReleaseSource> {
  try {
    const files = new Map<string, SourceFile>();
    for (const entry of await readdir(path)) {
      if (!entry.endsWith('.txt')) continue;
      const location = join(path, entry);
      const found = await stat(location);
      if (!found.isFile()) continue;
      const open = (): Promise<ReturnType<typeof createReadStream>> =>
        Promise.resolve(createReadStream(location, { highWaterMark: READ_BYTES }));
      files.set(entry, { name: entry, size: found.size, open });
    }
    return { name, files, close: () => undefined };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ReleaseUnusableError(`The folder ${path} cannot be read: ${why}.`, { cause });
  }
}
