import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

/** A .zip archive, in memory. Entries are stored, not compressed, where a test wants to find their bytes in it. */
export async function zipArchive(
  entries: readonly (readonly [path: string, content: string | Buffer])[],
  { compress = true }: { readonly compress?: boolean } = {},
): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, content] of entries)
    zip.addBuffer(typeof content === 'string' ? Buffer.from(content) : content, path, { compress });
  zip.end();
  return buffer(zip.outputStream);
}
