import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { OperatorError } from '@app/common';
import { FIRST_MIGRATION } from '../data-source-options';

/** What a backup is of: the compressed file is an SQLite database, or the dump of a server's. */
export type BackupKind = 'sqlite' | 'mysql';

/** What is known of a backup that was read from its beginning to its end. */
export interface BackupContent {
  readonly kind: BackupKind;
  /** Of the compressed file, in hexadecimal digits. */
  readonly sha256: string;
  /** Of the compressed file. */
  readonly bytes: number;
}

/** A file that must not be restored, or that is none of ours. */
export class BackupUnusableError extends OperatorError {}

const SQLITE_MAGIC = 'SQLite format 3\0';
/** The last line of a dump; a program that broke off has not written it. */
const DUMP_END = '-- Dump completed';
/** In a dump, quotes within a text have a backslash before them, so that this can only be the table of migrations. */
const OURS = `'${FIRST_MIGRATION}'`;
const ENDS_BYTES = 256;

/** Where the checksum of a backup is kept, in the form that `sha256sum --check` reads. */
export function checksumFile(file: string): string {
  return `${file}.sha256`;
}

/**
 * Reads a backup to its end, with all checksums that there are.
 *
 * @throws BackupUnusableError where it is damaged, was cut off, or is something else
 */
export async function inspectBackup(file: string): Promise<BackupContent> {
  const hash = createHash('sha256');
  let bytes = 0;
  const raw = createReadStream(file).on('data', (chunk) => {
    hash.update(chunk);
    bytes += chunk.length;
  });
  const content = new ContentScan();
  try {
    const unpacked = createGunzip();
    raw.on('error', (error) => unpacked.destroy(error));
    for await (const chunk of raw.pipe(unpacked)) content.take(chunk as Buffer);
  } catch (error) {
    throw notReadable(file, error);
  } finally {
    raw.destroy();
  }
  const sha256 = hash.digest('hex');
  const expected = await expectedSha256(file);
  if (expected !== null && expected !== sha256) {
    throw new BackupUnusableError(`${file} is damaged: it does not have the checksum in ${checksumFile(file)}.`);
  }
  return { kind: content.kind(file), sha256, bytes };
}

/** What is to be told of an unpacked backup, without keeping it. */
class ContentScan {
  private head: Buffer = Buffer.alloc(0);
  private tail: Buffer = Buffer.alloc(0);
  private isOurs = false;

  take(chunk: Buffer): void {
    if (this.head.length < ENDS_BYTES) this.head = Buffer.concat([this.head, chunk]).subarray(0, ENDS_BYTES);
    const before = this.tail;
    this.isOurs ||= chunk.includes(OURS) || Buffer.concat([before, chunk.subarray(0, OURS.length)]).includes(OURS);
    this.tail = (chunk.length >= ENDS_BYTES ? chunk : Buffer.concat([before, chunk])).subarray(-ENDS_BYTES);
  }

  /** @throws BackupUnusableError */
  kind(file: string): BackupKind {
    // what an SQLite database holds is looked at once it is unpacked
    if (this.head.toString('latin1').startsWith(SQLITE_MAGIC)) return 'sqlite';
    if (!/^(--|\/\*)/.test(this.head.toString('latin1')) || !/\bdump\b/i.test(this.head.toString('latin1'))) {
      throw new BackupUnusableError(`${file} is no backup: it holds neither an SQLite database nor a dump of MySQL.`);
    }
    if (!this.tail.toString('latin1').includes(DUMP_END)) {
      throw new BackupUnusableError(`${file} is not whole: the dump in it breaks off. Use another backup.`);
    }
    if (!this.isOurs) {
      throw new BackupUnusableError(`${file} is no backup of this application: its tables are others.`);
    }
    return 'mysql';
  }
}

async function expectedSha256(file: string): Promise<string | null> {
  const text = await readFile(checksumFile(file), 'utf8').catch(() => null);
  return text === null ? null : (/^[0-9a-f]{64}/.exec(text)?.[0] ?? '');
}

function notReadable(file: string, error: unknown): Error {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  if (code === 'ENOENT') return new BackupUnusableError(`${file} does not exist.`, { cause: error });
  if (!code.startsWith('Z_')) return new BackupUnusableError(`${file} cannot be read: ${message}`, { cause: error });
  return new BackupUnusableError(
    `${file} is damaged or was cut off (${message}). Nothing was touched; use another backup.`,
    { cause: error },
  );
}
