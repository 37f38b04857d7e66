import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { ReleaseUnusableError } from '@app/normalization';
import { openFolder } from './folder-source';
import type { ReleaseSource } from './release-source';
import { openZip } from './zip-source';

/** @throws ReleaseUnusableError where there is nothing of use at `path` */
export async function openReleaseSource(path: string): Promise<ReleaseSource> {
  const name = basename(resolve(path));
  const found = await stat(path).catch((cause: unknown) => {
    throw new ReleaseUnusableError(`There is no readable folder or .zip at ${path}.`, { cause });
  });
  if (found.isDirectory()) return openFolder(path, name);
  if (found.isFile()) return openZip(path, name);
  throw new ReleaseUnusableError(`${path} is neither a folder nor a .zip file.`);
}
