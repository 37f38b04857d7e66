import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ANCHOR_FILE,
  ELEMENT_FILE,
  ESSENTIAL_FILE,
  OCCUPATION_FILE,
  SCALE_FILE,
  SKILL_FILE,
  TRANSFERABLE_FILE,
} from '../release-folder';
import type { Cells } from '../text-table';
import { StubError } from '../stubs/stub-error';

/** Rows of the text files of a release, by file name. */
export type ReleaseFiles = ReadonlyMap<string, readonly Cells[]>;

const FILES = [OCCUPATION_FILE, SCALE_FILE, SKILL_FILE, ESSENTIAL_FILE, TRANSFERABLE_FILE, ELEMENT_FILE, ANCHOR_FILE];

/** @throws StubError where the folder lacks what a release must have */
export async function filesOfFolder(folder: string): Promise<ReleaseFiles> {
  const contents = await Promise.all(FILES.map(async (file) => [file, await readIfThere(join(folder, file))] as const));
  return releaseFiles(`The folder ${folder}`, new Map(contents));
}

/** What of a `SmallRelease` is needed here; the class itself satisfies it. */
interface ReleaseInMemory {
  readonly fileNames: readonly string[];
  bytes(file: string): Buffer;
}

/** @throws StubError where the release lacks what it must have */
export function filesOfRelease(release: ReleaseInMemory): ReleaseFiles {
  return releaseFiles('The release', new Map(release.fileNames.map((file) => [file, release.bytes(file)])));
}

function releaseFiles(whose: string, contents: ReadonlyMap<string, Buffer | null>): ReleaseFiles {
  const files = new Map<string, readonly Cells[]>();
  for (const file of FILES) {
    const content = contents.get(file);
    if (content) files.set(file, rowsOf(content));
  }
  for (const file of [OCCUPATION_FILE, SCALE_FILE]) {
    if (!files.has(file)) throw new StubError(`${whose} has no ${file}.`);
  }
  if (!files.has(SKILL_FILE) && !(files.has(ESSENTIAL_FILE) && files.has(TRANSFERABLE_FILE))) {
    throw new StubError(`${whose} has neither ${SKILL_FILE} nor both ${ESSENTIAL_FILE} and ${TRANSFERABLE_FILE}.`);
  }
  return files;
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

function rowsOf(content: Buffer): Cells[] {
  const [header = '', ...lines] = content.toString().split(/\r?\n/);
  const columns = header.split('\t');
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const fields = line.split('\t');
      return Object.fromEntries(columns.map((column, index) => [column, fields[index] ?? '']));
    });
}
