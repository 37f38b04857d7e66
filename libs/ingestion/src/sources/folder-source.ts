import { createReadStream } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ReleaseUnusableError } from '@app/normalization';
import { liesWithin } from './data-root';
import type { ReleaseSource, SourceFile, SourceOptions } from './release-source';

const READ_BYTES = 256 * 1024;

export async function openFolder(
  path: string,
  name: string,
  { shownAs = path, within }: SourceOptions = {},
): Promise<ReleaseSource> {
  try {
    const files = new Map<string, SourceFile>();
    for (const entry of await readdir(path)) {
      if (!entry.endsWith('.txt')) continue;
      const location = join(path, entry);
      const found = await stat(location);
      if (!found.isFile()) continue;
      if (within !== undefined && !liesWithin(within, await realpath(location))) {
        throw new ReleaseUnusableError(`${entry} leads out of the folder that may be read.`);
      }
      const open = (): Promise<ReturnType<typeof createReadStream>> =>
        Promise.resolve(createReadStream(location, { highWaterMark: READ_BYTES }));
      files.set(entry, { name: entry, size: found.size, open });
    }
    return { name, files, close: () => undefined };
  } catch (cause) {
    if (cause instanceof ReleaseUnusableError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ReleaseUnusableError(
      `The folder ${shownAs} cannot be read: ${shownAs === path ? why : 'it is not readable'}.`,
      { cause },
    );
  }
}
