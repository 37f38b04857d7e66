import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { KeyRing, OperatorError } from '@app/common';
import type { AppConfig } from '@app/config';

const FILE = 'admin-key';

/** The keys that open the admin routes. */
export class AdminKeys extends KeyRing {
  private constructor(
    keys: readonly string[],
    /** Where the key stands that was made for this installation; null where keys were configured. */
    readonly file: string | null,
  ) {
    super(keys);
  }

  /**
   * The configured keys, or else, beside an SQLite file, one that is made at the first start and kept in a file that
   * nobody else can read.
   *
   * @throws OperatorError where keys are needed and none are configured, or where the file is of no use
   */
  static async load({ adminApiKeys, database, dataFolder }: AppConfig): Promise<AdminKeys> {
    if (adminApiKeys.length > 0) return new AdminKeys(adminApiKeys, null);
    if (database.kind === 'mysql') {
      throw new OperatorError(
        'ADMIN_API_KEYS is not set. With MySQL or MariaDB the api needs it, since every replica has to know the same ' +
          'keys: set it to one or more secrets of at least 16 characters, separated by commas.',
      );
    }
    const file = resolve(dataFolder, FILE);
    return new AdminKeys([await readOrMake(dataFolder, file)], file);
  }
}

/** By its code alone: where tests run, the errors of Node's own modules are of another realm. */
function isTaken(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST';
}

async function readOrMake(folder: string, file: string): Promise<string> {
  try {
    await mkdir(folder, { recursive: true });
    const draft = join(folder, `${FILE}.${randomBytes(6).toString('hex')}`);
    try {
      await writeFile(draft, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
      // whole or not at all, and only if no other process was faster
      await link(draft, file).catch((error: unknown) => {
        if (!isTaken(error)) throw error;
      });
    } finally {
      await unlink(draft).catch(() => undefined);
    }
    const key = (await readFile(file, 'utf8')).trim();
    if (key.length < 16) throw new Error('it holds no key of at least 16 characters');
    return key;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new OperatorError(
      `The admin key in ${file} cannot be used: ${why}. Delete the file to have one made, or set ADMIN_API_KEYS.`,
      { cause },
    );
  }
}
