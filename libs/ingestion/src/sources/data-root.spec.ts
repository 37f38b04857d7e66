import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@app/common';
import { findBelowRoot, liesWithin } from './data-root';

describe('liesWithin', () => {
  it.each([
    ['/data', '/data', true],
    ['/data', '/data/30.1', true],
    ['/data', '/data/a/b', true],
    ['/data', '/data/..hidden', true],
    ['/data', '/database', false],
    ['/data', '/', false],
    ['/data', '/other', false],
    ['/data/30.1', '/data/30.2', false],
    ['/', '/data', true],
  ])('tells of %s whether it holds %s: %s', (folder, path, within) => {
    expect(liesWithin(folder, path)).toBe(within);
  });
});

describe('findBelowRoot', () => {
  let folder: string;
  let root: string;

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'onet-data-root-')));
    root = join(folder, 'root');
    await mkdir(join(root, 'sets', '30.1'), { recursive: true });
    await mkdir(join(folder, 'outside'));
    await writeFile(join(root, 'db_30_1_text.zip'), '');
    await writeFile(join(folder, 'outside', 'secret.zip'), '');
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** What is said about a path that is refused. */
  const refusal = async (path: string): Promise<string> => {
    const error: unknown = await findBelowRoot(root, path).catch((thrown: unknown) => thrown);
    if (!(error instanceof AppError)) throw new Error(`${path} was let through`);
    expect([error.code, error.errors]).toEqual([
      'VALIDATION_FAILED',
      [{ pointer: '/path', message: error.detail.slice(0, -1) }],
    ]);
    expect(error.detail).not.toContain(folder);
    return error.detail;
  };

  it.each([
    ['a folder', 'sets'],
    ['a folder in a folder', 'sets/30.1'],
    ['a folder with a slash behind it', 'sets/30.1/'],
    ['a path with dots that lead nowhere else', './sets/./30.1'],
    ['an archive', 'db_30_1_text.zip'],
  ])('finds %s', async (_, path) => {
    expect(await findBelowRoot(root, path)).toEqual({ root, path: join(root, path).replace(/\/$/, '') });
  });

  it('finds what a link leads to that stays below the root', async () => {
    await symlink(join(root, 'sets', '30.1'), join(root, 'latest'));

    expect(await findBelowRoot(root, 'latest')).toEqual({ root, path: join(root, 'sets', '30.1') });
  });

  it('finds what lies below a root that is a link itself', async () => {
    await symlink(root, join(folder, 'link'));

    expect(await findBelowRoot(join(folder, 'link'), 'sets')).toEqual({ root, path: join(root, 'sets') });
  });

  it.each(['..', '../outside', '../outside/secret.zip', 'sets/../../outside', 'sets/..', '/', '/etc', '//etc'])(
    'refuses %s, which leads out',
    async (path) => {
      expect(await refusal(path)).toContain(`"${path}" leads out of the folder for releases`);
    },
  );

  it.each([
    ['a folder', 'outside', 'link'],
    ['a file', join('outside', 'secret.zip'), 'link'],
    ['a folder, with a part behind it', 'outside', join('link', 'secret.zip')],
  ])('refuses a link that leads out to %s', async (_, target, path) => {
    await symlink(join(folder, target), join(root, 'link'));

    expect(await refusal(path)).toContain('leads out of the folder for releases');
  });

  it.each([
    ['nothing', 'link-to-nothing'],
    ['itself', 'loop'],
  ])('refuses a link that leads to %s', async (_, name) => {
    await symlink(name === 'loop' ? join(root, 'loop') : join(folder, 'nowhere'), join(root, name));

    expect(await refusal(name)).toContain('is not there');
  });

  it.each(['40.9', 'sets/30.1/Skills.txt', '~', '%2e%2e/outside', 'x'.repeat(5000)])(
    'refuses what is not there: %.20s',
    async (path) => {
      expect(await refusal(path)).toContain('is not there');
    },
  );

  it.each(['', '..\\outside', 'sets\\30.1', 'sets\0/30.1'])('refuses %j, which is no path', async (path) => {
    expect(await refusal(path)).toContain('is no path');
  });

  it.each(['.', './', './.'])('refuses the root itself: %s', async (path) => {
    expect(await refusal(path)).toContain('is the folder for releases itself');
  });

  it('shortens a long path in what it says', async () => {
    expect(await refusal('x'.repeat(200))).toContain(`"${'x'.repeat(80)}…" is not there`);
  });

  it('says the same where the root itself is missing', async () => {
    await rm(root, { recursive: true });

    expect(await refusal('sets')).toContain('is not there');
  });
});
