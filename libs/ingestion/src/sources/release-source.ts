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
