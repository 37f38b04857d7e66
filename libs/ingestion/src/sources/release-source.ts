import type { Readable } from 'node:stream';

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

export interface SourceOptions {
  /** How the path is called in messages; by default as it is. */
  readonly shownAs?: string | undefined;
  /** Folder that nothing that is read may lie outside of, be it by a link. */
  readonly within?: string | undefined;
}
