import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { useTemporaryFolder } from '../../../../test/support/temporary-folder';
import { sampleFolder } from '../first-load.service';
import { releaseTables } from '../text/release-tables';
import { openReleaseSource } from './open-release-source';

describe('a release in a folder', () => {
  const folder = useTemporaryFolder();
  const at = (...names: string[]): string => join(folder.path, ...names);

  it('is named after the folder, with or without a slash at the end of its path', async () => {
    await mkdir(at('db_30_1_text'));
    const paths = [at('db_30_1_text'), `${at('db_30_1_text')}/`, relative(process.cwd(), at('db_30_1_text'))];
    const sources = await Promise.all(paths.map((path) => openReleaseSource(path)));
    expect(sources.map(({ name }) => name)).toEqual(['db_30_1_text', 'db_30_1_text', 'db_30_1_text']);
  });

  it('finds the .txt files, and passes over folders and other files', async () => {
    await writeFile(at('Skills.txt'), 'x');
    await writeFile(at('Skills.csv'), 'x');
    await mkdir(at('Scales Reference.txt'));
    expect([...(await openReleaseSource(folder.path)).files.keys()]).toEqual(['Skills.txt']);
  });

  it('tells the length of a file and reads its bytes', async () => {
    await writeFile(at('Skills.txt'), 'é\r\n');
    const file = (await openReleaseSource(folder.path)).files.get('Skills.txt')!;
    expect([file.size, await text(await file.open())]).toEqual([4, 'é\r\n']);
  });

  it('says that there is nothing at a path', async () => {
    await expect(openReleaseSource(at('nowhere'))).rejects.toMatchObject({
      name: 'ReleaseUnusableError',
      message: `There is no readable folder or .zip at ${at('nowhere')}.`,
    });
  });

  it('says that a device is neither folder nor archive', async () => {
    await expect(openReleaseSource('/dev/null')).rejects.toMatchObject({
      name: 'ReleaseUnusableError',
      message: '/dev/null is neither a folder nor a .zip file.',
    });
  });

  it('is what the bundled sample is', async () => {
    const source = await openReleaseSource(sampleFolder());
    expect(releaseTables(source).map(({ file }) => file.name)).toEqual([
      'Occupation Data.txt',
      'Scales Reference.txt',
      'Skills.txt',
    ]);
  });
});
