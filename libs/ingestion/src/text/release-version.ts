import { ReleaseUnusableError } from '@app/normalization';

/** Version of a release as its folder or archive is named: `db_30_1_text`, `db_30_1_text.zip`, `30.1`; else null. */
export function versionFromName(name: string): string | null {
  const match =
    /^db_(\d{1,3})_(\d{1,3})(?:_text)?(?:\.zip)?$/i.exec(name) ?? /^(\d{1,3})\.(\d{1,3})(?:\.zip)?$/i.exec(name);
  return match === null ? null : `${match[1] ?? ''}.${match[2] ?? ''}`;
}

/** Stands in for the version of a release that nobody named. */
export function versionFromChecksum(checksum: string): string {
  return `sha256-${checksum.slice(0, 12)}`;
}

/** @throws ReleaseUnusableError where a version that somebody gave cannot be one */
export function checkVersion(version: string): string {
  if (!/^[\w.-]{1,32}$/.test(version)) {
    throw new ReleaseUnusableError(
      `"${version}" cannot name a release: use up to 32 letters, digits, ".", "_" and "-", such as 30.1.`,
    );
  }
  return version;
}
