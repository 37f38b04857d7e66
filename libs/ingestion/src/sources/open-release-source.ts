import { realpath, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { ReleaseUnusableError } from '@app/normalization';
import { liesWithin } from './data-root';
import { openFolder } from './folder-source';
import type { ReleaseSource, SourceOptions } from './release-source';
import { openZip } from './zip-source';

/** @throws ReleaseUnusableError where there is nothing of use at `path` */
export async function openReleaseSource(path: string, options: SourceOptions = {}): Promise<ReleaseSource> {
  const shown = options.shownAs ?? path;
  const name = basename(resolve(path));
  const found = await stat(path).catch((cause: unknown) => {
    throw new ReleaseUnusableError(`There is no readable folder or .zip at ${shown}.`, { cause });
  });
  if (options.within !== undefined && !liesWithin(options.within, await realpath(path))) {
    throw new ReleaseUnusableError(`${shown} leads out of the folder that may be read.`);
  }
  if (found.isDirectory()) return openFolder(path, name, options);
  if (found.isFile()) return openZip(path, name);
  throw new ReleaseUnusableError(`${shown} is neither a folder nor a .zip file.`);
}
