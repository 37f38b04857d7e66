import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { ReleaseUnusableError } from '@app/normalization';
import { openFolder } from './folder-source';
import { openZip } from './zip-source';

/** One file of a release. */
export interface SourceFile {
  readonly name: string;
  /** In bytes, uncompressed. */
  readonly size: number;
  /** Streams the bytes; the stream fails where they turn out to be damaged. */
  open(): Promise<Readable>;
}

/** An opened folder or archive with the files of a release. */
export interface ReleaseSource {
  /** Name of the folder or archive, without its path. */
  readonly name: string;
  readonly files: ReadonlyMap<string, SourceFile>;
  close(): void;
}

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
