import { access, constants, realpath } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Where distributions put servers; not on the PATH of an ordinary user. */
const SERVER_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/libexec'];

/** Folders of the PATH, and those where servers are. */
export function searchedFolders(): string[] {
  const path = (process.env['PATH'] ?? '').split(delimiter);
  return [...path.filter((folder) => folder !== ''), ...SERVER_FOLDERS];
}

/** The first program with this name; undefined where there is none. Some programs go by the name they are called by. */
export async function findProgram(name: string, folders = searchedFolders()): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, name);
    if ((await executable(path)) !== undefined) return path;
  }
  return undefined;
}

/** The path without links, where it is a program; else undefined. */
export async function executable(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK);
    return await realpath(path);
  } catch {
    return undefined;
  }
}
