import { readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { OperatorError } from '@app/common';
import { backUp, openDatabase, restore } from '@app/database';
import { useDataSources } from '../support/data-sources';
import { databaseConfig } from '../support/database-config';
import { describeOnEveryDatabase } from '../support/databases';
import { useTemporaryFolder } from '../support/temporary-folder';

const NEVER = new AbortController().signal;

/** A backup as it was made, and the place of a copy of it, to be spoilt. */
interface Spoilt {
  readonly original: Buffer;
  readonly file: string;
}

describeOnEveryDatabase('A backup that is spoilt', (database) => {
  const dataSources = useDataSources();
  const folder = useTemporaryFolder();
  let target: string;
  let original: Buffer | undefined;

  /** A database, and the bytes of a backup of it; made once. */
  const backedUp = async (): Promise<Buffer> => {
    if (original !== undefined) return original;
    target = await database.create();
    const dataSource = await openDatabase(databaseConfig(target));
    await dataSource.query('UPDATE active_release SET revision = 12');
    await dataSource.destroy();
    const file = join(folder.path, 'whole.gz');
    await backUp(databaseConfig(target), file, NEVER);
    return (original = await readFile(file));
  };

  test.each<[string, (backup: Spoilt) => Promise<void>, RegExp]>([
    ['is cut off in its middle', async ({ file }) => truncate(file, (await stat(file)).size >> 1), / was cut off /],
    ['lacks its last byte', async ({ file }) => truncate(file, (await stat(file)).size - 1), / was cut off /],
    [
      'has one byte that is another',
      ({ file, original }) => {
        const at = original.length >> 1;
        return writeFile(file, original.fill(original[at]! ^ 1, at, at + 1));
      },
      / is damaged /,
    ],
    ['is empty', ({ file }) => writeFile(file, ''), / was cut off /],
    ['is no archive', ({ file }) => writeFile(file, 'O*NET-SOC Code\tTitle\n'), / is damaged or was cut off /],
    ['is an archive of something else', ({ file }) => writeFile(file, gzipSync('O*NET-SOC Code')), / is no backup: /],
    [
      'is an archive of half of it',
      ({ file, original }) => {
        const content = gunzipSync(original);
        return writeFile(file, gzipSync(content.subarray(0, content.length >> 1)));
      },
      / (is damaged|is not whole): /,
    ],
    [
      'is of another application',
      ({ file, original }) => {
        const content = gunzipSync(original).toString('latin1').replaceAll('InitialSchema', 'FirstOfOthers');
        return writeFile(file, gzipSync(Buffer.from(content, 'latin1')));
      },
      / of this application: its tables are others\.$/,
    ],
    [
      'has another checksum than the one beside it',
      ({ file }) => writeFile(`${file}.sha256`, `${'0'.repeat(64)}  spoilt.gz\n`),
      / does not have the checksum in /,
    ],
    ['is not there', ({ file }) => rm(file), / does not exist\.$/],
  ])('since it %s is refused with one sentence, and nothing is touched', async (_, spoil, sentence) => {
    const spoilt = { original: Buffer.from(await backedUp()), file: join(folder.path, 'spoilt.gz') };
    await writeFile(spoilt.file, spoilt.original);
    await spoil(spoilt);

    const failure: unknown = await restore(databaseConfig(target), spoilt.file, true, NEVER).catch(
      (error: unknown) => error,
    );

    expect(failure).toBeInstanceOf(OperatorError);
    expect((failure as Error).message).toMatch(sentence);
    expect((failure as Error).message).toContain(spoilt.file);
    const dataSource = await dataSources.open(target);
    expect(await dataSource.query('SELECT revision FROM active_release')).toEqual([{ revision: 12 }]);
  });
});
