import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ReleaseUnusableError } from '@app/normalization';
import { useTemporaryFolder } from '../../../../test/support/temporary-folder';
import { rejectionOf } from '../../../../test/support/thrown-by';
import { systemFault } from './system-fault';
import { openZip } from './zip-source';

describe('a file that the system does not let us read', () => {
  const folder = useTemporaryFolder();

  it.each(['30.1.zip', "it's, here '30.1'.zip"])('is told of without its place: %s', async (name) => {
    const error = await rejectionOf(readFile(join(folder.path, name)));

    expect(systemFault(error)).toBe('ENOENT: no such file or directory');
  });

  it('is told of as it is where no place is named', async () => {
    expect(systemFault(await rejectionOf(readFile(folder.path)))).toBe('EISDIR: illegal operation on a directory');
  });

  it('is not what any other error is about', () => {
    expect([new Error('out of luck'), 'out of luck', null].map(systemFault)).toEqual([null, null, null]);
  });

  it('is not taken for an archive that is damaged', async () => {
    const error = await rejectionOf(openZip(join(folder.path, 'a.zip'), 'a.zip'));

    expect(error).toBeInstanceOf(ReleaseUnusableError);
    expect((error as Error).message).toBe('a.zip cannot be read: ENOENT: no such file or directory.');
  });
});
