import { OperatorError } from '@app/common';

/** @throws OperatorError where a version cannot be that of a published release */
export function checkPublishedVersion(version: string): void {
  if (/^\d{1,3}\.\d{1,3}$/.test(version)) return;
  throw new OperatorError(`"${version}" is no release that can be downloaded: give one like 30.1.`);
}

/** Name of the archive under which a release such as `30.1` is published. */
export function archiveName(version: string): string {
  return `db_${version.replace('.', '_')}_text.zip`;
}
