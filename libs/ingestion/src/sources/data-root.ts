import { realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { AppError } from '@app/common';

/** Tells whether a path, free of links, lies in a folder, free of links, or is it. */
export function liesWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** A folder or archive below the root, and the root itself, both free of links. */
export interface PlaceBelowRoot {
  readonly path: string;
  readonly root: string;
}

/**
 * Finds what a client means by a path below the root.
 *
 * @throws AppError `VALIDATION_FAILED` where the path is none, leads out of the root (`..`, absolute, by a link) or to
 *   nothing. The message never shows where the root lies.
 */
export async function findBelowRoot(root: string, path: string): Promise<PlaceBelowRoot> {
  if (path === '' || path.includes('\0') || path.includes('\\')) throw refused(path, 'is no path');
  if (isAbsolute(path) || path.split('/').includes('..')) throw refused(path, 'leads out of the folder for releases');
  let found: PlaceBelowRoot;
  try {
    found = { root: await realpath(root), path: await realpath(join(root, path)) };
  } catch {
    throw refused(path, 'is not there');
  }
  if (!liesWithin(found.root, found.path)) throw refused(path, 'leads out of the folder for releases');
  if (found.root === found.path) throw refused(path, 'is the folder for releases itself');
  return found;
}

function refused(path: string, why: string): AppError {
  const shown = path.length > 80 ? `${path.slice(0, 80)}…` : path;
  const message = `"path" must name a folder or .zip below ONET_DATA_ROOT, such as 30.1; "${shown}" ${why}`;
  return new AppError('VALIDATION_FAILED', `${message}.`, [{ pointer: '/path', message }]);
}
