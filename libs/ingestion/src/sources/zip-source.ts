import { posix } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { ReleaseUnusableError } from '@app/normalization';
import type { ReleaseSource, SourceFile } from './release-source';
import { systemFault } from './system-fault';

/** Largest table of any release known is about 100 MB; more than this is no O*NET table. */
const MAX_ENTRY_BYTES = 1024 ** 3;
/** O*NET's tables are packed to a tenth of their size; what is made to fill a disk, to a thousandth. */
const MAX_RATIO = 100;
/** Below this, it does no harm whatever the ratio. */
const HARMLESS_BYTES = 10 * 1024 ** 2;
/** A published release has some 40 files. */
const MAX_ENTRIES = 10_000;

/** The .txt files of an archive, wherever in it their folder lies. */
export async function openZip(path: string, name: string): Promise<ReleaseSource> {
  const zip = await openArchive(path, name);
  try {
    const files = new Map<string, SourceFile>();
    if (zip.entryCount > MAX_ENTRIES) {
      throw new ReleaseUnusableError(`${name} holds more than ${MAX_ENTRIES} files, so it is no O*NET release.`);
    }
    for await (const entry of zip.eachEntry()) {
      const file = posix.basename(entry.fileName);
      if (!file.endsWith('.txt') || entry.fileName.startsWith('__MACOSX/')) continue;
      if (files.has(file)) throw new ReleaseUnusableError(`${name} holds more than one ${file}.`);
      if (entry.uncompressedSize > MAX_ENTRY_BYTES) {
        throw new ReleaseUnusableError(`${file} in ${name} unpacks to more than 1 GiB, so it is no O*NET table.`);
      }
      if (entry.uncompressedSize > Math.max(HARMLESS_BYTES, entry.compressedSize * MAX_RATIO)) {
        throw new ReleaseUnusableError(
          `${file} in ${name} unpacks to more than ${MAX_RATIO} times its size, so it is no O*NET table.`,
        );
      }
      files.set(file, {
        name: file,
        size: entry.uncompressedSize,
        open: async () => {
          try {
            return checked(await zip.openReadStreamPromise(entry), entry, name);
          } catch (error) {
            throw damaged(name, error);
          }
        },
      });
    }
    return {
      name,
      files,
      close: () => {
        zip.close();
      },
    };
  } catch (error) {
    zip.close();
    throw damaged(name, error);
  }
}

async function openArchive(path: string, name: string): Promise<ZipFile> {
  try {
    return await openPromise(path, { autoClose: false, lazyEntries: true, validateEntrySizes: true });
  } catch (error) {
    throw damaged(name, error);
  }
}

/** The archive checks sizes by itself; the checksum of each entry is left to us. */
function checked(content: Readable, entry: Entry, archive: string): Readable {
  let checksum = 0;
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      checksum = crc32(chunk, checksum);
      done(null, chunk);
    },
    flush(done) {
      const file = posix.basename(entry.fileName);
      done(checksum === entry.crc32 ? null : damaged(archive, new Error(`${file} does not match its checksum`)));
    },
  });
  content.on('error', (error) => check.destroy(damaged(archive, error)));
  check.on('close', () => content.destroy());
  return content.pipe(check);
}

function damaged(name: string, error: unknown): ReleaseUnusableError {
  if (error instanceof ReleaseUnusableError) return error;
  const fault = systemFault(error);
  if (fault !== null) return new ReleaseUnusableError(`${name} cannot be read: ${fault}.`, { cause: error });
  const why = error instanceof Error ? error.message : String(error);
  return new ReleaseUnusableError(`${name} is not a whole .zip archive (${why}). Fetch it again.`, { cause: error });
}
